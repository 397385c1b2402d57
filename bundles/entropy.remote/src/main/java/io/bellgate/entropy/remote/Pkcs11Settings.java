package io.bellgate.entropy.remote;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of one PKCS#11 token (factory). */
@ObjectClassDefinition(
    name = "Noise source: PKCS#11",
    description = "The generator of a token behind a PKCS#11 module")
public @interface Pkcs11Settings {
  /**
   * The module.
   *
   * @return an absolute path
   */
  @AttributeDefinition(description = "Absolute path of the PKCS#11 module")
  String library();

  /**
   * The slot.
   *
   * @return which in the list of the module, from 0
   */
  @AttributeDefinition(
      name = "slot.index",
      description = "Which slot in the list of the module, from 0",
      min = "0")
  int slot_index() default 0;

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
