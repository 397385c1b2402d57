package io.bellgate.entropy.device;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration of one random number generator on a serial line (factory). */
@ObjectClassDefinition(
    name = "Noise source: serial random number generator",
    description = "A QCicada, TrueRNG, OneRNG or SwiftRNG on a serial line")
public @interface SerialSettings {
  /**
   * The line.
   *
   * @return an absolute path, with an asterisk at its end for all lines that begin so
   */
  @AttributeDefinition(
      description =
          "Path of the line, for example /dev/ttyACM*; the asterisk needs usb.serial, since numbers"
              + " of lines change")
  String path();

  /**
   * The kind of device.
   *
   * @return one of those that are known
   */
  @AttributeDefinition(
      description = "Kind of device",
      options = {
        @Option(label = "Crypta Labs QCicada", value = "qcicada"),
        @Option(label = "TrueRNG version 1 to 3", value = "truerng"),
        @Option(label = "TrueRNG Pro, Pro V2", value = "truerng-pro"),
        @Option(label = "OneRNG", value = "onerng"),
        @Option(label = "SwiftRNG", value = "swiftrng")
      })
  String kind();

  /**
   * What the device gives.
   *
   * @return a mode of its kind
   */
  @AttributeDefinition(
      description =
          "qcicada: samples, noise, sha256, each also -continuous; truerng: mixed; truerng-pro:"
              + " raw1, raw2, whitened; onerng: avalanche, radio, both, whitened; swiftrng: raw0,"
              + " raw1, hashed")
  String mode();

  /**
   * Which one.
   *
   * @return a serial number, or empty for the only one
   */
  @AttributeDefinition(
      name = "usb.serial",
      description = "USB serial number of the device; needed where the path has an asterisk")
  String usb_serial() default "";

  /**
   * Whether it must be seen on USB.
   *
   * @return false for a module on a UART, or a test
   */
  @AttributeDefinition(
      name = "usb.required",
      description = "Whether the line must be a USB device with the ids of its kind")
  boolean usb_required() default true;

  /**
   * Who signs.
   *
   * @return hexadecimal digits, or empty
   */
  @AttributeDefinition(
      name = "public.key",
      description =
          "qcicada from firmware 5.13: its P-256 key, x and y in 128 hexadecimal digits; every"
              + " piece must be signed with it then")
  String public_key() default "";

  /**
   * What is claimed.
   *
   * @return bits of min-entropy an octet
   */
  @AttributeDefinition(
      name = "min.entropy",
      description = "Claimed bits of min-entropy an octet in this mode, above 0")
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
  long bits_per_second() default 400_000;
}
