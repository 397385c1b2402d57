package io.bellgate.entropy.hub;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of the entropy hub; it works without one. */
@ObjectClassDefinition(name = "Entropy hub", description = "Which sources random bits rest on")
public @interface Settings {
  /**
   * Whether the operating system's generator will do where no credited source is healthy.
   *
   * @return true: it does, visibly; false: then nothing is given out
   */
  @AttributeDefinition(
      name = "operating.system",
      description =
          "Whether the operating system's generator will do where no credited source is healthy")
  boolean operating_system() default true;

  /**
   * Sources whose claim is believed though nobody can look behind it.
   *
   * @return names of opaque sources
   */
  @AttributeDefinition(
      name = "credited.opaque",
      description =
          "Names of opaque sources (processed inside the device) that are credited on their maker's claim alone")
  String[] credited_opaque() default {};

  /**
   * How long bits are generated from one seed.
   *
   * @return seconds
   */
  @AttributeDefinition(
      name = "reseed.seconds",
      description = "The generator takes fresh entropy after so long at the latest",
      min = "1",
      max = "3600")
  int reseed_seconds() default 60;
}
