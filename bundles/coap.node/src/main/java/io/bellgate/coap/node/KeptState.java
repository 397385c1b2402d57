package io.bellgate.coap.node;

import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an endpoint that was stopped in order leaves for the next start: connections and replay
 * windows. In one owner-only file that is there only while nothing runs, and is gone, durably,
 * before anything in it is used: so nobody goes on with it twice, whatever happens next. After a
 * crash there is none, and nodes shake hands again or show that they are fresh.
 */
final class KeptState {
  private static final System.Logger LOG = System.getLogger(KeptState.class.getName());
  private static final long MOST_OCTETS = 64L << 20;

  private final Path file;

  /**
   * Names the file.
   *
   * @param file in a folder that no backup takes
   */
  KeptState(Path file) {
    this.file = file;
  }

  /** Keeps a state, which is wiped here. */
  void keep(byte[] state) {
    try {
      OwnerOnly.replace(file, out -> OwnerOnly.write(out, state));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "sessions of nodes are not kept: {0}", e.toString());
    } finally {
      Arrays.fill(state, (byte) 0);
    }
  }

  /**
   * Takes the state away, if there is one.
   *
   * @throws IllegalStateException if it cannot be removed: a later start would go back to it
   */
  Optional<byte[]> take() {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      byte[] state = Files.size(file) > MOST_OCTETS ? new byte[0] : Files.readAllBytes(file);
      Files.delete(file);
      OwnerOnly.forceFolder(file.toAbsolutePath().getParent());
      return state.length == 0 ? Optional.empty() : Optional.of(state);
    } catch (IOException e) {
      throw new IllegalStateException(
          "BG-COAP-013 what was left by the last stop must go before anything starts: remove it: file="
              + file,
          e);
    }
  }
}
