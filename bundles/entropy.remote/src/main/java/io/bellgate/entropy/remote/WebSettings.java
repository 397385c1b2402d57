package io.bellgate.entropy.remote;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration of one generator in the network (factory). */
@ObjectClassDefinition(
    name = "Noise source: web service",
    description = "A quantum generator that answers over HTTPS")
public @interface WebSettings {
  /**
   * What it speaks.
   *
   * @return {@code open-api} or {@code appliance}
   */
  @AttributeDefinition(
      description =
          "open-api: QRNG Open API v1; appliance: ID Quantique Quantis Appliance, REST 2.0",
      options = {
        @Option(label = "open-api", value = "open-api"),
        @Option(label = "appliance", value = "appliance")
      })
  String protocol();

  /**
   * Where it is.
   *
   * @return an address without the path that the protocol gives
   */
  @AttributeDefinition(
      description =
          "https://HOST[:PORT][/PREFIX], without /v1 or /api/2.0; http on this machine only")
  String url();

  /**
   * What its certificate may be.
   *
   * @return pins of keys or certificates, any of which will do
   */
  @AttributeDefinition(
      description =
          "sha256/BASE64 of its public key, or the SHA-256 fingerprint of its certificate in hexadecimal")
  String[] pins() default {};

  /**
   * What opens it.
   *
   * @return a file in DATA/secrets, for its owner only; empty: nothing
   */
  @AttributeDefinition(
      name = "key.file",
      description = "File in DATA/secrets (0600) with the key; empty: it needs none")
  String key_file() default "";

  /**
   * How the key is shown.
   *
   * @return the name of a header
   */
  @AttributeDefinition(
      name = "key.header",
      description =
          "Header of the key: Authorization (as a bearer token), or for example X-API-KEY")
  String key_header() default "Authorization";

  /**
   * Which kind of entropy (open-api).
   *
   * @return a name of the server; empty: its first
   */
  @AttributeDefinition(
      name = "entropy.type",
      description = "open-api: one of the entropy types of the server; empty: its first")
  String entropy_type() default "";

  /**
   * What is claimed.
   *
   * @return bits of min-entropy an octet
   */
  @AttributeDefinition(
      name = "min.entropy",
      description = "Claimed bits of min-entropy an octet, above 0, at most 8")
  double min_entropy();

  /**
   * Who claims it.
   *
   * @return for people
   */
  @AttributeDefinition(
      description = "Who claims the min-entropy: a data sheet, a certificate, an assessment")
  String claim();

  /**
   * How fast octets come.
   *
   * @return bits a second, about
   */
  @AttributeDefinition(
      name = "bits.per.second",
      description = "About how fast octets come: the cut-offs of the health tests follow from it",
      min = "1")
  long bits_per_second() default 1_000_000;

  /**
   * Whether the noise is physical.
   *
   * @return false for a generator without noise
   */
  @AttributeDefinition(description = "Whether the noise behind it is physical")
  boolean physical() default true;
}
