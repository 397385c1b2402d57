package io.bellgate.keys.pqc.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Which machine an identity is at home on: a hash over the machine's ID (machine-id(5)) beside the
 * keys, so that a copy of the data folder on another machine is found out. A clone of a whole disk
 * has the same machine ID and is not.
 */
final class Machine {
  private static final String NONE = "none";

  private final Path home;
  private final Optional<Path> id;

  /**
   * Names the files.
   *
   * @param home where the hash is kept
   * @param id the machine's ID; empty: identities are not bound
   */
  Machine(Path home, Optional<Path> id) {
    this.home = home;
    this.id = id;
  }

  /** The hash of this machine's ID, or {@code none} if it has none. */
  private String here() throws IOException {
    if (id.isEmpty() || !Files.isReadable(id.get())) {
      return NONE;
    }
    String text = Files.readString(id.get(), StandardCharsets.US_ASCII).strip();
    return text.matches("[0-9a-fA-F-]{32,36}")
        ? HexFormat.of().formatHex(new Octets("bellgate identity machine 1").add(text).sha256())
        : NONE;
  }

  /**
   * Checks that the identity is at home here; one that is at home nowhere yet is from now on.
   *
   * @throws IOException if it is not
   */
  void check() throws IOException {
    if (id.isEmpty()) {
      return;
    }
    String kept = kept();
    if (kept.equals(NONE)) {
      if (!here().equals(NONE)) {
        adopt();
      }
    } else if (!kept.equals(here())) {
      throw new IOException(
          "BG-IDENT-013 an identity is at home on one machine, this one was copied from another;"
              + " if that one will never run again: bellgate identity adopt; else give this one its"
              + " own: bellgate identity rotate --new");
    }
  }

  private String kept() throws IOException {
    return Files.exists(home) ? Files.readString(home, StandardCharsets.US_ASCII).strip() : NONE;
  }

  /** Makes it at home here. */
  void adopt() throws IOException {
    OwnerOnlyFile.write(home, (here() + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** For status. */
  String shown() throws IOException {
    if (id.isEmpty()) {
      return "not bound to a machine, as configured";
    }
    return kept().equals(NONE)
        ? "not bound: this machine has no ID in " + id.get()
        : "bound to this machine's ID";
  }
}
