package io.bellgate.keys.pqc;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.MemoryPool;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Two ends of key establishment and the messages between them, which the script delivers, drops,
 * garbles or delivers late. One thread, one seed: a run repeats.
 */
final class ScriptedWire {
  final Random random;
  final FakeClock clock = new FakeClock();
  final End alice;
  final End bob;
  private final List<Runnable> onTheWay = new ArrayList<>();
  private long nanos;
  AlgorithmRegistry registry = new TestedAlgorithms();
  double lossRate;
  double garbleRate;

  /** One site. */
  final class End {
    final String site;
    final MemoryPool pool;
    final KeyEstablishment keys;
    Settings settings;
    MemoryPool reachable;
    Session session;
    End other;

    End(String site, Settings settings) {
      this.site = site;
      this.settings = settings;
      this.pool = new MemoryPool(site, false, clock);
      this.reachable = pool;
      SeededBits bits = new SeededBits(random.nextLong());
      this.keys =
          new KeyEstablishment(
              new Surroundings(
                  () -> this.settings, () -> reachable, () -> bits, () -> registry, () -> nanos),
              Runnable::run);
    }
  }

  ScriptedWire(long seed, List<Suite> suites) {
    random = new Random(seed);
    alice = new End("alice", settings("alice", suites));
    bob = new End("bob", settings("bob", suites));
    alice.other = bob;
    bob.other = alice;
  }

  static Settings settings(String site, List<Suite> suites) {
    return new Settings(site, suites, 4, 8, Duration.ofHours(1));
  }

  /** One end's view of a session. */
  final class Session implements PeerSession {
    private final End from;
    private final boolean initiator;
    private final List<CompletableFuture<byte[]>> open = new ArrayList<>();
    private boolean alive = true;

    Session(End from, boolean initiator) {
      this.from = from;
      this.initiator = initiator;
    }

    @Override
    public Level level() {
      return Level.PQC;
    }

    @Override
    public String peer() {
      return from.other.site;
    }

    @Override
    public boolean initiator() {
      return initiator;
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public CompletionStage<byte[]> request(String service, byte[] body) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      open.add(answer);
      byte[] sent = garbled(body);
      send(() -> deliver(sent, answer));
      return answer;
    }

    private void deliver(byte[] body, CompletableFuture<byte[]> answer) {
      from.other
          .keys
          .handle(from.site, body)
          .whenComplete(
              (octets, failure) ->
                  send(
                      () -> {
                        if (!alive) {
                          return;
                        }
                        if (failure != null) {
                          answer.completeExceptionally(failure);
                        } else {
                          answer.complete(garbled(octets));
                        }
                      }));
    }

    void end() {
      alive = false;
      from.keys.disconnected(this);
      for (CompletableFuture<byte[]> answer : open) {
        answer.completeExceptionally(
            new PeerFailure(PeerFailure.Reason.DISCONNECTED, "the session ended"));
      }
    }

    @Override
    public PeerStream open(String service) {
      throw new UnsupportedOperationException();
    }
  }

  private byte[] garbled(byte[] octets) {
    byte[] copy = octets.clone();
    if (random.nextDouble() < garbleRate) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }

  private void send(Runnable delivery) {
    if (random.nextDouble() >= lossRate) {
      onTheWay.add(delivery);
    }
  }

  void connect() {
    alice.session = new Session(alice, true);
    bob.session = new Session(bob, false);
    alice.keys.connected(alice.session);
    bob.keys.connected(bob.session);
  }

  /** Ends the session at both ends; requests on the way may still arrive. */
  void disconnect() {
    alice.session.end();
    bob.session.end();
  }

  /** Delivers any one message, or lets time pass. */
  void step() {
    if (onTheWay.isEmpty() || random.nextInt(8) == 0) {
      tick(200);
    } else {
      onTheWay.remove(random.nextInt(onTheWay.size())).run();
    }
  }

  void tick(long millis) {
    nanos += millis * 1_000_000;
    alice.keys.tick();
    bob.keys.tick();
  }

  /** Without faults from now on, until nothing happens any more. */
  void settle() {
    lossRate = 0;
    garbleRate = 0;
    for (int i = 0; i < 60; i++) {
      while (!onTheWay.isEmpty()) {
        onTheWay.remove(0).run();
      }
      tick(1000);
    }
  }
}
