package io.bellgate.api.qkd;

import java.util.UUID;
import java.util.function.IntSupplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One end of a quantum channel: the device of this gateway, a transmitter or a receiver. Registered
 * with the service property {@link #PEER}.
 *
 * <p>A setting is what an end chooses for one pulse: bit 0 is the value (Alice only), bit 1 the
 * basis (0 = key basis Z, 1 = test basis X). The device asks for a setting once per pulse for which
 * one is needed, in rising order of pulses, on the calling thread. <b>Neither end learns the
 * other's settings from its device.</b>
 *
 * <p>One block at a time. An interrupt ends the block.
 */
@ProviderType
public interface QuantumChannel {
  /** Service property: the site at the other end of the fibre. */
  String PEER = "qkd.peer";

  /**
   * Alice: sends a block of pulses; returns when the last has left.
   *
   * @param block the block's ID, the same at both ends
   * @param pulses how many
   * @param settings gives basis and value of the next pulse that needs one
   * @return what was sent
   * @throws ChannelBroken if the device failed or the other end's did not follow
   * @throws InterruptedException if cancelled
   * @throws IllegalStateException if this is a receiver
   */
  Emission emit(UUID block, long pulses, IntSupplier settings)
      throws ChannelBroken, InterruptedException;

  /**
   * Bob: detects a block of pulses; returns when the last has passed.
   *
   * @param block the block's ID, the same at both ends
   * @param pulses how many
   * @param settings gives the basis of the next pulse that needs one
   * @return what clicked
   * @throws ChannelBroken if the device failed or the other end's did not follow
   * @throws InterruptedException if cancelled
   * @throws IllegalStateException if this is a transmitter
   */
  Detections detect(UUID block, long pulses, IntSupplier settings)
      throws ChannelBroken, InterruptedException;

  /**
   * What the transmitter sends.
   *
   * @return known at both ends
   */
  Source source();

  /**
   * True if no photon is involved: keys from it are marked so for ever.
   *
   * @return whether this is a simulation
   */
  boolean simulated();

  /**
   * The device in words, for status and block records.
   *
   * @return for example {@code simulated fibre 25 km, ideal single-photon source}
   */
  String description();

  /** What kind of light a transmitter sends. */
  enum Source {
    /** One photon in every pulse. No such source exists outside a simulation. */
    IDEAL_SINGLE_PHOTON,
    /** Attenuated laser pulses of one intensity. Without decoys they give no key. */
    WEAK_COHERENT
  }

  /** What Alice sent. Not thread safe. */
  @ProviderType
  interface Emission extends AutoCloseable {
    /**
     * The setting of a pulse that Bob announced as detected.
     *
     * @param pulse from 0
     * @return as given by the settings; -1 if no setting was ever asked for that pulse: no photon
     *     of it can have been detected
     */
    int setting(long pulse);

    /** Wipes the settings. */
    @Override
    void close();
  }

  /**
   * What clicked at Bob, in rising order of pulses. Arrays of equal length; owned and wiped by the
   * receiver.
   *
   * @param pulses pulse number, from 0
   * @param settings Bob's setting for that pulse
   * @param values 0 or 1: which detector clicked; 2: both did
   */
  record Detections(long[] pulses, byte[] settings, byte[] values) {
    /**
     * Checks the lengths.
     *
     * @param pulses as above
     * @param settings as above
     * @param values as above
     * @throws IllegalArgumentException if lengths differ
     */
    public Detections {
      if (pulses.length != settings.length || pulses.length != values.length) {
        throw new IllegalArgumentException(
            "detections have one setting and one value each: pulses="
                + pulses.length
                + " settings="
                + settings.length
                + " values="
                + values.length);
      }
    }
  }
}
