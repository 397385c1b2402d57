package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * What the gateway's end of an enrolment costs without CoAP, DTLS and the disk, beside a rotation
 * with a key of the pool, in CPU time of one thread: {@code java -cp ... EnrolCost}. Not a test.
 */
final class EnrolCost {
  private static final String IDENTITY = "0011223344556677";

  private EnrolCost() {}

  private interface Work {
    void run() throws GeneralSecurityException;
  }

  public static void main(String[] arguments) throws GeneralSecurityException {
    Provider provider = new BouncyCastleProvider();
    SecureRandom random = new BitsRandom(new SeededBits(1));
    try (Secret present = Secret.copyOf(new byte[32]);
        Secret pool = Secret.copyOf(new byte[32])) {
      Enrolment.Before before = new Enrolment.Before(present, "n1", "n1#1");
      for (EnrolSuite suite : EnrolSuite.values()) {
        EnrolRequest request = new EnrollingNode(suite, provider, provider, random).request();
        double cost =
            measure(
                () -> {
                  try (Enrolment.Share share =
                      Enrolment.answer(request, provider, provider, random, 2, IDENTITY)) {
                    Enrolment.Answered answered = share.join(before, request);
                    byte[] word = answered.enrolment().nodeMac();
                    answered.enrolment().confirmedBy(new EnrolConfirmation(IDENTITY, word));
                    answered.enrolment().close();
                  }
                });
        System.out.printf("enrolment %s: %.0f us%n", suite, cost);
      }
      NextKeyRequest request = new NextKeyRequest(true, new byte[8]);
      NextKeyAnswer bare = new NextKeyAnswer(false, new byte[8], 2, 1, new byte[0], IDENTITY);
      double cost =
          measure(
              () -> {
                bare.sealing(present, pool, request, "n1");
                Generations.next(present, pool, new byte[8], new byte[8], "n1", 2).destroy();
              });
      System.out.printf("rotation with a key of the pool: %.0f us%n", cost);
    }
  }

  /** Microseconds of CPU time for one run. */
  private static double measure(Work work) throws GeneralSecurityException {
    var threads = ManagementFactory.getThreadMXBean();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    while (System.nanoTime() < until) {
      work.run();
    }
    long begin = threads.getCurrentThreadCpuTime();
    int times = 0;
    until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    while (System.nanoTime() < until) {
      work.run();
      times++;
    }
    return (threads.getCurrentThreadCpuTime() - begin) / 1e3 / times;
  }
}
