package io.bellgate.entropy.sim;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration of one simulated source (factory). */
@ObjectClassDefinition(
    name = "Noise source: SIMULATED",
    description = "Pseudo-random noise of known min-entropy; in lab mode only, never credited")
public @interface Settings {
  /**
   * Its name.
   *
   * @return the source is called {@code SIMULATED:} and this
   */
  @AttributeDefinition(description = "Name of the source")
  String name() default "noise";

  /**
   * How the noise is distributed.
   *
   * @return {@code bits}, {@code markov} or {@code gauss}
   */
  @AttributeDefinition(
      description =
          "bits: ones of probability parameter; markov: bits that repeat with probability parameter; gauss: 8-bit converter over normal noise of standard deviation parameter",
      options = {
        @Option(label = "bits", value = "bits"),
        @Option(label = "markov", value = "markov"),
        @Option(label = "gauss", value = "gauss")
      })
  String model() default "bits";

  /**
   * What the model needs.
   *
   * @return a probability, or a standard deviation in steps of the converter
   */
  @AttributeDefinition(description = "A probability above 0 and below 1, or a standard deviation")
  double parameter() default 0.5;

  /**
   * What is wrong with it.
   *
   * @return a fault, or {@code none}
   */
  @AttributeDefinition(
      description =
          "none, stuck, biased, periodic, repeated or dropout; may be changed at any time",
      options = {
        @Option(label = "none", value = "none"),
        @Option(label = "stuck", value = "stuck"),
        @Option(label = "biased", value = "biased"),
        @Option(label = "periodic", value = "periodic"),
        @Option(label = "repeated", value = "repeated"),
        @Option(label = "dropout", value = "dropout")
      })
  String fault() default "none";

  /**
   * From where it starts.
   *
   * @return the same seed gives the same noise; 0 draws one, which is logged
   */
  @AttributeDefinition(description = "The same seed gives the same noise; 0: a new one, logged")
  long seed() default 0;

  /**
   * How fast samples come.
   *
   * @return bits a second
   */
  @AttributeDefinition(
      name = "bits.per.second",
      description = "How fast samples come",
      min = "1",
      max = "1000000000")
  long bits_per_second() default 4_000_000;
}
