package io.bellgate.api.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PeerService} keeps to, whatever a peer sends: an authenticated peer may still
 * be broken or hostile. A service's test extends this class and says how to make the service.
 */
public abstract class PeerServiceContract {
  private static final int REQUESTS = 2_000;
  private static final long HANG_SECONDS = 60;

  /** For a service's test. */
  protected PeerServiceContract() {}

  /**
   * The service, ready to answer {@code bob}.
   *
   * @return for one test
   * @throws Exception if that fails
   */
  protected abstract PeerService service() throws Exception;

  /**
   * A request that the service answers well.
   *
   * @return where the suite begins to spoil octets
   * @throws Exception if that fails
   */
  protected abstract byte[] wellFormed() throws Exception;

  private static void answersSomehow(PeerService service, byte[] request) throws Exception {
    byte[] before = request.clone();
    CompletionStage<byte[]> stage = service.handle("bob", request);
    assertNotNull(stage, "a stage, not null");
    try {
      byte[] answer = stage.toCompletableFuture().get(HANG_SECONDS, TimeUnit.SECONDS);
      assertTrue(answer.length <= PeerSession.MAX_BODY_OCTETS, "octets=" + answer.length);
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof Exception, "a failure, not an error: " + e.getCause());
    }
    assertArrayEquals(before, request, "the request is not changed");
  }

  @Test
  void answersGarbageWithAFailureNotWithAThrow() throws Exception {
    long seed = System.nanoTime();
    System.out.println(getClass().getSimpleName() + " garbage seed=" + seed);
    Random random = new Random(seed);
    PeerService service = service();
    for (int i = 0; i < REQUESTS; i++) {
      byte[] octets = new byte[random.nextInt(200)];
      random.nextBytes(octets);
      answersSomehow(service, octets);
    }
  }

  @Test
  void answersSpoiltRequestsWithAFailureNotWithAThrow() throws Exception {
    long seed = System.nanoTime();
    System.out.println(getClass().getSimpleName() + " spoilt seed=" + seed);
    Random random = new Random(seed);
    PeerService service = service();
    byte[] good = wellFormed();
    for (int i = 0; i < REQUESTS; i++) {
      byte[] octets =
          java.util.Arrays.copyOf(
              good, good.length - random.nextInt(2) * random.nextInt(good.length));
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
      }
      answersSomehow(service, octets);
    }
  }

  @Test
  void answersTheShortestAndTheLongest() throws Exception {
    PeerService service = service();
    for (int octets : List.of(0, 1, PeerSession.MAX_BODY_OCTETS)) {
      answersSomehow(service, new byte[octets]);
    }
  }
}
