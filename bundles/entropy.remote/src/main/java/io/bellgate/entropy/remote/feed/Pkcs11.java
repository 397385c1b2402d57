package io.bellgate.entropy.remote.feed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The generator of a PKCS#11 token ({@code C_GenerateRandom}) through the JDK's provider, which is
 * an object here and registered nowhere.
 *
 * <p>The JDK keeps up to 32 octets for later requests and, once it was seeded and the token refused
 * the seed, adds a generator of its own. So each request is for more than 32 octets, and nothing
 * seeds it.
 */
public final class Pkcs11 implements Remote {
  private static final int OCTETS = 1_024;

  private final Path library;
  private final int slotIndex;
  private final AtomicLong requests = new AtomicLong();
  private volatile SecureRandom token;

  /**
   * Names the token; loads nothing.
   *
   * @param library the module, an absolute path
   * @param slotIndex which of its slots, from 0
   * @throws IllegalArgumentException if either cannot be
   */
  public Pkcs11(String library, int slotIndex) {
    this.library = Path.of(library);
    this.slotIndex = slotIndex;
    boolean plain = library.matches("[A-Za-z0-9_./+:@-]+");
    if (!this.library.isAbsolute() || !plain || slotIndex < 0) {
      throw new IllegalArgumentException(
          "a module has an absolute path without blanks, and its slots count from 0: library="
              + library
              + " slotIndex="
              + slotIndex);
    }
  }

  /**
   * Whether there may be hardware behind it.
   *
   * @return false for a token that is known to be software
   */
  public boolean hardware() {
    return !library.toString().toLowerCase(Locale.ROOT).contains("softhsm");
  }

  @Override
  public String reach() throws IOException {
    if (!Files.isRegularFile(library)) {
      throw new IOException("BG-ENTROPY-056 a PKCS#11 module is not there: library=" + library);
    }
    Path real = library.toRealPath();
    Provider jdk = Security.getProvider("SunPKCS11");
    if (jdk == null) {
      throw new IOException(
          "BG-ENTROPY-056 this Java has no PKCS#11: take one with the module jdk.crypto.cryptoki");
    }
    try {
      String configuration =
          "--name=bellgate\nlibrary=" + real + "\nslotListIndex=" + slotIndex + "\n";
      token = SecureRandom.getInstance("PKCS11", jdk.configure(configuration));
    } catch (GeneralSecurityException
        | InvalidParameterException
        | ProviderException
        | UnsupportedOperationException e) {
      throw failed("it has no token with a generator", e);
    }
    Arrays.fill(next(OCTETS), (byte) 0);
    return "pkcs11:" + real + "#" + slotIndex;
  }

  @Override
  public byte[] next(int octets) throws IOException {
    SecureRandom from = token;
    if (from == null) {
      throw new IOException("BG-ENTROPY-056 a PKCS#11 token was not reached: library=" + library);
    }
    byte[] out = new byte[OCTETS];
    try {
      requests.incrementAndGet();
      from.nextBytes(out);
      return out;
    } catch (ProviderException e) {
      throw failed("the token gives nothing", e);
    }
  }

  private IOException failed(String what, Exception e) {
    Throwable inner = e;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return new IOException(
        "BG-ENTROPY-056 a PKCS#11 module is not used: "
            + what
            + ", library="
            + library
            + " slotIndex="
            + slotIndex
            + " why="
            + inner.getMessage(),
        e);
  }

  /** A call into a module ends by itself. */
  @Override
  public void cancel() {
    // nothing reaches it there
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("requests", requests.get());
    return status;
  }
}
