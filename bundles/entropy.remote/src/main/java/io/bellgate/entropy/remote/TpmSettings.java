package io.bellgate.entropy.remote;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of one TPM (factory). */
@ObjectClassDefinition(name = "Noise source: TPM 2.0", description = "The generator of a TPM")
public @interface TpmSettings {
  /**
   * Where it is.
   *
   * @return a path, or {@code 127.0.0.1:PORT}
   */
  @AttributeDefinition(
      description = "Device of the kernel, or 127.0.0.1:PORT of an emulator (never physical)")
  String tpm() default "/dev/tpmrm0";

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
  long bits_per_second() default 10_000;

  /**
   * Whether the noise is physical.
   *
   * @return false for a generator without noise
   */
  @AttributeDefinition(description = "Whether the noise behind it is physical")
  boolean physical() default true;
}
