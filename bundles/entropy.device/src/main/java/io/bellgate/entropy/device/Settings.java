package io.bellgate.entropy.device;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration of one character device (factory). */
@ObjectClassDefinition(
    name = "Noise source: character device",
    description = "A device that gives random octets when it is read, by its path")
public @interface Settings {
  /**
   * The device.
   *
   * @return an absolute path
   */
  @AttributeDefinition(description = "Path of the device, for example /dev/hwrng")
  String path();

  /**
   * What leaves it.
   *
   * @return {@code raw} or {@code opaque}
   */
  @AttributeDefinition(
      description = "raw: before any processing; opaque: processed inside the device",
      options = {
        @Option(label = "raw", value = "raw"),
        @Option(label = "opaque", value = "opaque")
      })
  String output() default "opaque";

  /**
   * Bits of a sample.
   *
   * @return 1 for packed bits, else one sample an octet
   */
  @AttributeDefinition(
      name = "sample.bits",
      description = "Bits of a sample: 1 (packed in octets) to 8 (one an octet)",
      min = "1",
      max = "8")
  int sample_bits() default 8;

  /**
   * What is claimed.
   *
   * @return bits of min-entropy a sample
   */
  @AttributeDefinition(
      name = "min.entropy",
      description = "Claimed bits of min-entropy a sample, above 0")
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
   * How fast samples come.
   *
   * @return bits a second, about
   */
  @AttributeDefinition(
      name = "bits.per.second",
      description = "About how fast samples come: the cut-offs of the health tests follow from it",
      min = "1")
  long bits_per_second() default 100_000;

  /**
   * Whether the noise is physical.
   *
   * @return false for a generator that somebody put behind a device node
   */
  @AttributeDefinition(description = "Whether the noise behind it is physical")
  boolean physical() default true;
}
