package io.bellgate.entropy.remote;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration of one beacon or cloud service (factory); never credited. */
@ObjectClassDefinition(
    name = "Noise source: beacon or cloud service",
    description = "Random octets that others know, too: never credited")
public @interface PublicSettings {
  /**
   * Where it is.
   *
   * @return an address with path and query
   */
  @AttributeDefinition(description = "https://HOST/PATH?QUERY")
  String url();

  /**
   * Where in the answer the octets are.
   *
   * @return a JSON pointer (RFC 6901)
   */
  @AttributeDefinition(
      description = "JSON pointer to the octets in the answer, for example /pulse/outputValue")
  String pointer();

  /**
   * How they are written.
   *
   * @return {@code hex}, {@code base64} or {@code octets}
   */
  @AttributeDefinition(
      description = "hex or base64 (a text or a list of texts), or octets (a list of numbers)",
      options = {
        @Option(label = "hex", value = "hex"),
        @Option(label = "base64", value = "base64"),
        @Option(label = "octets", value = "octets")
      })
  String encoding() default "hex";

  /**
   * How many an answer has.
   *
   * @return octets
   */
  @AttributeDefinition(
      name = "answer.octets",
      description = "Octets of an answer; one with more or fewer is refused",
      min = "1",
      max = "65536")
  int answer_octets();

  /**
   * How seldom it is asked.
   *
   * @return seconds
   */
  @AttributeDefinition(
      name = "seconds.between",
      description = "Shortest time between two requests, in seconds",
      min = "0",
      max = "86400")
  int seconds_between() default 60;

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
}
