package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.nio.file.Path;

/** A kind of device on a serial line: what it is, and how it is spoken to. A sample is an octet. */
public interface SerialKind {
  /**
   * What leaves it in the mode that is configured.
   *
   * @return raw or opaque
   */
  Output output();

  /**
   * Whether a USB device may be of this kind.
   *
   * @param device as it says it is
   * @return also true where other devices have the same ids, see {@link #sharesIds}
   */
  boolean mayBe(UsbIdentity device);

  /**
   * Whether devices of other kinds have the same USB ids: one is opened only if its serial number
   * is the one that is configured.
   *
   * @return true for whatever is behind a common adapter
   */
  default boolean sharesIds() {
    return false;
  }

  /**
   * Opens the line and brings the device to the mode that is configured, whatever it did before.
   *
   * @param path of the line
   * @return for one thread, {@code close} for any
   * @throws IOException BG-ENTROPY-031 to -040
   */
  Reading open(Path path) throws IOException;

  /**
   * The kind of a name.
   *
   * @param name {@code qcicada}, {@code truerng}, {@code truerng-pro}, {@code onerng} or {@code
   *     swiftrng}
   * @param mode one of the kind's modes
   * @param publicKey of a QCicada that signs what it gives, 128 hexadecimal digits, else empty
   * @return how it is spoken to
   * @throws IllegalArgumentException with BG-ENTROPY-030 if there is no such thing
   */
  static SerialKind named(String name, String mode, String publicKey) {
    if (!publicKey.isEmpty() && !name.equals("qcicada")) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-030 only a qcicada has a public.key: kind=" + name);
    }
    return switch (name) {
      case "qcicada" -> QCicada.of(mode, publicKey, Timing.STANDARD);
      case "truerng" -> TrueRng.of(mode, Timing.STANDARD);
      case "truerng-pro" -> TrueRngPro.of(mode, Timing.STANDARD);
      case "onerng" -> OneRng.of(mode, Timing.STANDARD);
      case "swiftrng" -> SwiftRng.of(mode, Timing.STANDARD);
      default ->
          throw new IllegalArgumentException(
              "BG-ENTROPY-030 a kind is qcicada, truerng, truerng-pro, onerng or swiftrng: kind="
                  + name);
    };
  }

  /** The mode that was meant, or BG-ENTROPY-030 with those there are. */
  static <M> M mode(java.util.Map<String, M> modes, String mode) {
    M found = modes.get(mode);
    if (found == null) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-030 a device of this kind has the modes "
              + new java.util.TreeSet<>(modes.keySet())
              + ": mode="
              + mode);
    }
    return found;
  }
}
