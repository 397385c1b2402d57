package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerServiceContract;
import io.bellgate.keys.pool.store.Levels;
import io.bellgate.keys.pool.store.Place;
import io.bellgate.keys.pool.store.Verdict;
import io.bellgate.keys.pool.store.Witness;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool as a peer service: bears whatever a peer sends. */
class PoolServiceTest extends PeerServiceContract {
  @TempDir Path folder;
  private JournalKeyPool pool;

  @Override
  protected PeerService service() throws Exception {
    String[] none = {};
    pool = new JournalKeyPool(new Owner(), Witness.PEER, new FakeClock());
    pool.random = new SeededBits(1);
    pool.start(
        new Place(folder.resolve("pool"), folder.resolve("pool.key"), "alice", false),
        new Settings(false, Levels.of(none, none, none), 64));
    return pool;
  }

  @Override
  protected byte[] wellFormed() {
    return hello(2, 1);
  }

  private static byte[] hello(long run, long before) {
    return ByteBuffer.allocate(38)
        .put(new byte[] {1, 0})
        .putLong(run)
        .putLong(0)
        .put(new byte[] {0, 0})
        .putShort((short) 1)
        .putLong(before)
        .putLong(0)
        .array();
  }

  /** A last report of no block. */
  private static byte[] report(long run) {
    return ByteBuffer.allocate(21)
        .put(new byte[] {1, 2})
        .putLong(run)
        .putLong(0)
        .put((byte) 1)
        .putShort((short) 0)
        .array();
  }

  /** A lease of nothing. */
  private static byte[] lease(long run) {
    return ByteBuffer.allocate(20)
        .put(new byte[] {1, 4})
        .putLong(run)
        .putLong(0)
        .putShort((short) 0)
        .array();
  }

  private static byte[] ask(PeerService service, byte[] request) throws Exception {
    return service.handle("bob", request).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void refused(PeerService service, byte[] request) {
    String why =
        assertThrows(ExecutionException.class, () -> ask(service, request)).getCause().getMessage();
    assertTrue(why.startsWith("BG-POOL-004"), why);
  }

  @Test
  void leasesToTheRunThatSaidHelloLastAndNoOther() throws Exception {
    PeerService service = service();
    refused(service, lease(1));
    ask(service, hello(1, 0));
    refused(service, lease(1));
    refused(service, report(7));
    ask(service, report(1));
    ask(service, lease(1));
    assertEquals(Verdict.CONTINUED.ordinal(), ask(service, hello(2, 1))[2], "a copy comes");
    refused(service, lease(1));
    refused(service, lease(2));
    ask(service, report(2));
    ask(service, lease(2));
    refused(service, lease(1));
    assertEquals(Verdict.RESTORED.ordinal(), ask(service, hello(1, 0))[2], "and the original");
  }

  @AfterEach
  void stop() {
    pool.stop();
  }
}
