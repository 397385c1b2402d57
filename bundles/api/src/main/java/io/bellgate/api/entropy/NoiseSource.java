package io.bellgate.api.entropy;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A source of noise, as a driver offers it (whiteboard): registered while its device is there,
 * unregistered when it goes. Raw samples, before any conditioning, are worth most: only on them can
 * health tests see anything.
 */
@ConsumerType
public interface NoiseSource {
  /**
   * What is known of the source, and who says so.
   *
   * @return never changes while the service is registered
   */
  Description description();

  /**
   * Starts reading. One reader at a time.
   *
   * @return owned by the caller
   * @throws IOException if the device is not there, is another one, or is in use
   */
  Reading open() throws IOException;

  /** Samples as they come. For one thread, but {@link #close} for any. */
  interface Reading extends AutoCloseable {
    /**
     * Fills an array; blocks as long as the device takes. A {@link #close} meanwhile ends it with
     * an exception.
     *
     * @param samples filled completely: packed bits, the first sample in the highest bit, where a
     *     sample has one bit; else one sample an octet, in the lowest bits
     * @throws IOException if the device is gone, or says that it is not well
     */
    void read(byte[] samples) throws IOException;

    @Override
    void close();
  }

  /** What leaves the device. */
  enum Output {
    /** What is digitized, before any processing: health tests mean something. */
    RAW,
    /** Processed inside the device, in a way that nobody outside can look behind. */
    OPAQUE
  }

  /**
   * What is known of a source.
   *
   * @param name for people and configuration, for example {@code device:/dev/hwrng}
   * @param device what tells the device from all others (bus and serial number): two names of one
   *     device have the same, and count once
   * @param output what leaves it
   * @param sampleBits bits of a sample, 1 to 8
   * @param minEntropy claimed bits of min-entropy a sample, above 0 and at most {@code sampleBits}
   * @param claim who claims it: a data sheet, a certificate, an assessment
   * @param bitsPerSecond about how fast samples come: how rare false alarms must be follows from it
   * @param physical whether the noise is physical; else no construction rests on it
   * @param simulated whether it is a simulation: never credited outside a laboratory
   */
  record Description(
      String name,
      String device,
      Output output,
      int sampleBits,
      double minEntropy,
      String claim,
      long bitsPerSecond,
      boolean physical,
      boolean simulated) {

    /**
     * Checks what a driver says.
     *
     * @param name as above
     * @param device as above
     * @param output as above
     * @param sampleBits as above
     * @param minEntropy as above
     * @param claim as above
     * @param bitsPerSecond as above
     * @param physical as above
     * @param simulated as above
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Description {
      if (name.isEmpty() || device.isEmpty() || claim.isEmpty()) {
        throw new IllegalArgumentException(
            "a source has a name, a device and a claim: name=" + name + " device=" + device);
      }
      if (sampleBits < 1 || sampleBits > 8 || bitsPerSecond < 1) {
        throw new IllegalArgumentException(
            "a sample has 1 to 8 bits, and comes some time: source="
                + name
                + " sampleBits="
                + sampleBits
                + " bitsPerSecond="
                + bitsPerSecond);
      }
      if (!(minEntropy > 0 && minEntropy <= sampleBits)) {
        throw new IllegalArgumentException(
            "a sample of "
                + sampleBits
                + " bits has at most so much min-entropy, and some: source="
                + name
                + " minEntropy="
                + minEntropy);
      }
    }
  }
}
