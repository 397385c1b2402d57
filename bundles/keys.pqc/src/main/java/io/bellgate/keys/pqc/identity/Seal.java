package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.files.OwnerOnly;
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
        public Secret open(String name, byte[] stored) throws IOException {
          if (Pkcs11Seal.isSealed(stored)) {
            throw new IOException(
                "BG-IDENT-016 a seed that a PKCS#11 token sealed is opened by it: seed="
                    + name
                    + "; configure pkcs11Library and pkcs11PinFile of"
                    + " io.bellgate.keys.pqc.identity");
          }
          return Secret.absorb(stored);
        }

        @Override
        public boolean takes(byte[] stored) {
          return true;
        }

        @Override
        public String shown(Path file) throws IOException {
          return OwnerOnly.protection(file);
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

  /** Whether this is how a file is sealed; else it is sealed anew. */
  boolean takes(byte[] stored);

  /** For status: how a file is protected. */
  String shown(Path file) throws IOException;
}
