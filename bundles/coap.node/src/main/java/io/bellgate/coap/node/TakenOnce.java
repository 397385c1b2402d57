package io.bellgate.coap.node;

import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Remembers, durably, which parked state was gone on with last: a parked state may be claimed
 * again, by a predecessor that comes back after a swap that failed, and its sequence numbers have
 * been used since.
 */
final class TakenOnce {
  private static final System.Logger LOG = System.getLogger(TakenOnce.class.getName());

  private final Path file;

  /**
   * Names the file.
   *
   * @param file in a folder that no backup takes
   */
  TakenOnce(Path file) {
    this.file = file;
  }

  /** Whether it is taken for the first time, and that is on the disk now. */
  boolean take(byte[] state) {
    String digest = digest(state);
    try {
      if (Files.exists(file) && Files.readString(file).equals(digest)) {
        return false;
      }
      OwnerOnly.replace(
          file, out -> OwnerOnly.write(out, digest.getBytes(StandardCharsets.US_ASCII)));
      return true;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "sessions of nodes are dropped: {0}", e.toString());
      return false;
    }
  }

  /**
   * Fast, as nodes wait meanwhile, and no hash of cryptography: two states that look the same cost
   * the second its sessions, and one never looks like two.
   */
  private static String digest(byte[] state) {
    CRC32C checksum = new CRC32C();
    checksum.update(state);
    return state.length + " " + checksum.getValue();
  }

  /** Nothing was done with what was taken. */
  void giveBack() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "sessions of nodes will be dropped: {0}", e.toString());
    }
  }
}
