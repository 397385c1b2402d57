package io.bellgate.entropy.remote.feed;

import io.bellgate.api.bits.Secret;
import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A secret in a file for its owner only (0600 at most), named in the configuration. */
public final class SecretFile {
  private static final int MOST_OCTETS = 65_536;

  private final Path file;

  /**
   * Names the file; opens nothing.
   *
   * @param folder where files of secrets are
   * @param name of a file in it, or an absolute path
   */
  public SecretFile(Path folder, String name) {
    this.file = folder.resolve(name);
  }

  /**
   * Reads it, each time anew, so that a changed file is seen.
   *
   * @return without white space at its end; the caller owns it
   * @throws IOException with BG-ENTROPY-058 if it is not there, empty, too long, or others may open
   *     it
   */
  public Secret read() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("BG-ENTROPY-058 a file of secrets is not there: file=" + file);
    }
    try {
      OwnerOnly.check(file);
    } catch (IOException open) {
      throw new IOException("BG-ENTROPY-058 " + open.getMessage(), open);
    }
    if (Files.size(file) > MOST_OCTETS) {
      throw new IOException("BG-ENTROPY-058 a file of secrets is short: file=" + file);
    }
    return strip(Files.readAllBytes(file));
  }

  private Secret strip(byte[] octets) throws IOException {
    int length = octets.length;
    while (length > 0 && octets[length - 1] <= ' ' && octets[length - 1] >= 0) {
      length--;
    }
    if (length == 0) {
      throw new IOException("BG-ENTROPY-058 a file of secrets is empty: file=" + file);
    }
    byte[] stripped = Arrays.copyOf(octets, length);
    Arrays.fill(octets, (byte) 0);
    return Secret.absorb(stripped);
  }
}
