package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.policy.Protection;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What it costs to protect a message of 256 octets and to open it, in CPU time of one thread,
 * beside AES-256-GCM alone in the same run: {@code java -cp ... ProtectCost}. Not a test.
 */
final class ProtectCost {
  private static final int OCTETS = 256;
  private static final KeyUse KEYS = new KeyUse(1_000_000, 3_600, KeyEnds.PADDING);

  private ProtectCost() {}

  private interface Work {
    void run() throws GeneralSecurityException;
  }

  public static void main(String[] arguments) throws GeneralSecurityException {
    byte[] plain = new byte[OCTETS];
    new Random(1).nextBytes(plain);
    KeyEnds ends = new KeyEnds().fill(KeyOrigin.Kind.PQC, 100);
    SendKeys alice = ends.sender(KEYS);
    long[] transfer = {0};
    SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] nonce = new byte[12];
    for (int round = 0; round < 3; round++) {
      double bare =
          measure(
              () -> {
                nonce[0]++;
                nonce[1] += (byte) (nonce[0] == 0 ? 1 : 0);
                nonce[2] += (byte) (nonce[0] == 0 && nonce[1] == 0 ? 1 : 0);
                GCMParameterSpec with = new GCMParameterSpec(128, nonce);
                cipher.init(Cipher.ENCRYPT_MODE, key, with);
                byte[] sealed = cipher.doFinal(plain);
                cipher.init(Cipher.DECRYPT_MODE, key, with);
                cipher.doFinal(sealed);
              });
      double whole =
          measure(
              () -> {
                long number = transfer[0]++;
                byte[] sealed = alice.seal(Protection.PQC, 1, number, plain).orElseThrow().octets();
                ends.open(sealed, number).orElseThrow();
              });
      System.out.printf(
          "protect and open %d octets: %.2f us; AES-256-GCM alone: %.2f us; ratio %.2f%n",
          OCTETS, whole, bare, whole / bare);
    }
  }

  /** Microseconds of CPU time for one run. */
  private static double measure(Work work) throws GeneralSecurityException {
    var threads = ManagementFactory.getThreadMXBean();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (System.nanoTime() < until) {
      work.run();
    }
    long begin = threads.getCurrentThreadCpuTime();
    int times = 0;
    until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (System.nanoTime() < until) {
      work.run();
      times++;
    }
    return (threads.getCurrentThreadCpuTime() - begin) / 1e3 / times;
  }
}
