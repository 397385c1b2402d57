package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.link.channel.Conversation;
import io.bellgate.qkd.link.channel.Frame;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Both ends of a link in one process, without gateways: everything runs as in two of them but the
 * classical channel, which is in memory, and the pools, which are not there.
 */
final class Simulation implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * What both ends run with.
   *
   * @param proposal the block
   * @param protocol of both
   * @param reconciler of both
   * @param alice her device
   * @param bob his
   * @param random of both
   */
  record Parts(
      Proposal proposal,
      QkdProtocol protocol,
      Reconciler reconciler,
      QuantumChannel alice,
      QuantumChannel bob,
      RandomBits random) {}

  /**
   * One block.
   *
   * @param alice her record
   * @param bob his
   * @param agreed whether both ends hold the same key, or neither any
   */
  record Result(BlockRecord alice, BlockRecord bob, boolean agreed) {}

  private final Parts parts;
  private final ScratchKeys alice;
  private final ScratchKeys bob;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  Simulation(Parts parts) {
    this.parts = parts;
    Map<KeyId, Secret> tagKeys = new HashMap<>();
    alice = new ScratchKeys(tagKeys, parts.random());
    bob = new ScratchKeys(tagKeys, parts.random());
  }

  /** Runs one block. */
  Result run() throws InterruptedException, ExecutionException {
    UUID id = BlockIds.drawBlock(parts.random());
    byte[] digest = parts.proposal().digest();
    Conversation[] ends = new Conversation[2];
    ends[0] =
        new Conversation(
            new Conversation.Terms(id, "alice", "bob", digest),
            frame -> carry(frame, ends[1]),
            alice,
            PATIENCE);
    ends[1] =
        new Conversation(
            new Conversation.Terms(id, "bob", "alice", digest),
            frame -> carry(frame, ends[0]),
            bob,
            PATIENCE);
    Future<BlockRecord> hers = threads.submit(() -> run(Role.ALICE, id, ends[0], ends[1]));
    Future<BlockRecord> his = threads.submit(() -> run(Role.BOB, id, ends[1], ends[0]));
    return new Result(hers.get(), his.get(), alice.agreesWith(bob, id));
  }

  private static CompletionStage<?> carry(Frame frame, Conversation to) {
    to.arrived(frame);
    return CompletableFuture.completedFuture(null);
  }

  private BlockRecord run(Role role, UUID id, Conversation own, Conversation other) {
    boolean isAlice = role == Role.ALICE;
    Round.Parts with =
        new Round.Parts(
            parts.protocol(),
            parts.reconciler(),
            isAlice ? parts.alice() : parts.bob(),
            parts.random());
    Settings settings =
        new Settings(
            isAlice ? "alice" : "bob",
            isAlice ? "bob" : "alice",
            role,
            parts.proposal(),
            0,
            Duration.ZERO,
            Duration.ZERO,
            PATIENCE);
    Talk talk = new Talk(id, parts.proposal(), settings, null, own);
    BlockRecord record = new Round(talk, with, isAlice ? alice : bob, Clock.systemUTC()).run();
    if (!record.confirmed()) {
      other.cut(record.reason());
    }
    return record;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    alice.close();
    bob.close();
  }
}
