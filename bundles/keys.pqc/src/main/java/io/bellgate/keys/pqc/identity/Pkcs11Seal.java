package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals seeds with AES-256-GCM under a key that never leaves a PKCS#11 token. Tokens do not sign
 * with ML-DSA yet, so the seeds are in this process's memory while it runs. A sealed seed is {@code
 * BGS1}, 12 octets of nonce, the ciphertext and 16 octets of tag; additional data are the seed's
 * name.
 *
 * <p>The provider is the JDK's and an object of this class: none is registered.
 */
final class Pkcs11Seal implements Seal {
  private static final byte[] MAGIC = "BGS1".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_OCTETS = 12;
  private static final int TAG_BITS = 128;

  private final Token token;
  private final Supplier<RandomBits> random;
  private Provider provider;
  private KeyStore keys;

  Pkcs11Seal(Token token, Supplier<RandomBits> random) {
    this.token = token;
    this.random = random;
  }

  static boolean isSealed(byte[] stored) {
    return stored.length > MAGIC.length
        && Arrays.equals(MAGIC, Arrays.copyOf(stored, MAGIC.length));
  }

  @Override
  public synchronized byte[] close(String name, Secret seed) throws IOException {
    byte[] nonce = new byte[NONCE_OCTETS];
    random.get().fill(nonce);
    byte[] plain = seed.lend(byte[]::clone);
    try {
      byte[] sealed = run(Cipher.ENCRYPT_MODE, key(true), name, nonce, plain);
      return ByteBuffer.allocate(MAGIC.length + nonce.length + sealed.length)
          .put(MAGIC)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException | RuntimeException failed) {
      throw failed("does not seal", failed);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  @Override
  public synchronized Secret open(String name, byte[] stored) throws IOException {
    if (!isSealed(stored)) {
      return Secret.absorb(stored);
    }
    int begin = MAGIC.length + NONCE_OCTETS;
    try {
      byte[] nonce = Arrays.copyOfRange(stored, MAGIC.length, begin);
      byte[] sealed = Arrays.copyOfRange(stored, begin, stored.length);
      return Secret.absorb(run(Cipher.DECRYPT_MODE, key(false), name, nonce, sealed));
    } catch (GeneralSecurityException | RuntimeException failed) {
      throw failed("does not open the seed", failed);
    }
  }

  private byte[] run(int mode, SecretKey key, String name, byte[] nonce, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(new Octets("bellgate identity seed 1").add(name).all());
    return cipher.doFinal(input);
  }

  private SecretKey key(boolean make) throws GeneralSecurityException, IOException {
    if (keys == null) {
      logIn();
    }
    Key found = keys.getKey(token.key(), null);
    if (found instanceof SecretKey key) {
      return key;
    }
    if (!make) {
      throw new GeneralSecurityException("the token has no such key");
    }
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(256);
    keys.setEntry(token.key(), new KeyStore.SecretKeyEntry(generator.generateKey()), null);
    return (SecretKey) keys.getKey(token.key(), null);
  }

  private void logIn() throws GeneralSecurityException, IOException {
    Provider template = Security.getProvider("SunPKCS11");
    if (template == null) {
      throw new GeneralSecurityException("this Java has no module jdk.crypto.cryptoki");
    }
    provider =
        template.configure(
            "--name = bellgate\nlibrary = "
                + token.library()
                + "\nslotListIndex = "
                + token.slotListIndex()
                + "\nattributes(*, CKO_SECRET_KEY, CKK_AES) = {\n  CKA_SENSITIVE = true\n"
                + "  CKA_EXTRACTABLE = false\n  CKA_ENCRYPT = true\n  CKA_DECRYPT = true\n}\n");
    KeyStore opened = KeyStore.getInstance("PKCS11", provider);
    byte[] pin = OwnerOnlyFile.read(token.pinFile());
    char[] typed = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(pin)).array();
    int length = typed.length;
    while (length > 0 && (typed[length - 1] <= ' ')) {
      length--;
    }
    char[] trimmed = Arrays.copyOf(typed, length);
    try {
      opened.load(null, trimmed);
      keys = opened;
    } finally {
      Arrays.fill(pin, (byte) 0);
      Arrays.fill(typed, ' ');
      Arrays.fill(trimmed, ' ');
    }
  }

  private IOException failed(String what, Exception why) {
    keys = null;
    Throwable root = why;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new IOException(
        "BG-IDENT-016 the PKCS#11 token "
            + what
            + ": library="
            + token.library()
            + " slotListIndex="
            + token.slotListIndex()
            + " key="
            + token.key()
            + " why="
            + root
            + "; look after the token and its PIN file",
        why);
  }

  @Override
  public boolean takes(byte[] stored) {
    return isSealed(stored);
  }

  @Override
  public String shown(Path file) throws IOException {
    return "PKCS#11 key "
        + token.key()
        + " of "
        + token.library().getFileName()
        + ", in a "
        + OwnerOnly.protection(file);
  }
}
