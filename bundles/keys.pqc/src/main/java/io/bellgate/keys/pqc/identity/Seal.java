package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import java.io.IOException;
import java.nio.file.Path;

/** How seeds lie in files. Each is in a file for its owner only, whatever else protects it. */
interface Seal {
  /** As they are. */
  Seal FILE =
      new Seal() {
        @Override
        public byte[] close(String name, Secret seed) {
          return seed.lend(byte[]::clone);
        }

        @Override
        public Secret open(String name, byte[] stored) {
          return Secret.absorb(stored);
        }

        @Override
        public String shown(Path file) throws IOException {
          return OwnerOnlyFile.protection(file);
        }
      };

  /**
   * Seals.
   *
   * @param name which seed; another name does not open it
   * @return octets for the file; wiped by the caller
   */
  byte[] close(String name, Secret seed) throws IOException;

  /**
   * Opens.
   *
   * @param stored wiped here
   */
  Secret open(String name, byte[] stored) throws IOException;

  /** For status: how a file is protected. */
  String shown(Path file) throws IOException;
}
