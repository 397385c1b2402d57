package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.keys.pool.store.Levels;
import io.bellgate.keys.pool.store.Place;
import io.bellgate.keys.pool.store.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Two pools and the messages between them, which the test delivers; an oracle that knows every
 * chunk ever given out. One thread, one seed: a run repeats.
 */
final class Joined {
  static final KeyOrigin QKD = new KeyOrigin(KeyOrigin.Kind.QKD, false, false, Map.of());
  static final KeyOrigin PQC = new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of());

  final FakeClock clock = new FakeClock();
  final Random random;
  final Site alice;
  final Site bob;
  final List<KeyId> mail = new ArrayList<>();
  final Map<KeyId, String> takers = new java.util.HashMap<>();
  private final Set<String> given = new HashSet<>();
  private final Set<String> committed = new HashSet<>();
  private final List<Runnable> onTheWay = new ArrayList<>();
  private final Path folder;
  private final int leaseChunks;
  private long nanos;
  private int folders;

  /** Runs what it is given when it is told to. */
  private final class Queue extends Owner {
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean direct;

    @Override
    long nanos() {
      return nanos;
    }

    @Override
    public void execute(Runnable work) {
      if (direct) {
        work.run();
      } else {
        tasks.add(work);
      }
    }

    boolean one() {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
      return task != null;
    }

    @Override
    void stop() {
      tasks.clear();
    }
  }

  /** A running pool on a data folder. */
  final class Running {
    final Path data;
    final Queue queue = new Queue();
    final JournalKeyPool pool = new JournalKeyPool(queue, Witness.PEER, clock);
    final Site site;

    Running(Site site, Path data, Optional<Parked> parked) throws IOException {
      this.site = site;
      this.data = data;
      pool.random = new SeededBits(random.nextLong());
      pool.depot = component -> parked;
      pool.start(
          new Place(data.resolve("pool"), data.resolve("pool.key"), site.name, false), settings());
    }

    private Parked end(int format, boolean parking) throws Exception {
      while (queue.one()) {}
      queue.direct = true;
      Parked parked = parking ? pool.park(format, Duration.ofSeconds(5)) : null;
      pool.stop();
      return parked;
    }

    void stop() throws Exception {
      end(0, false);
    }

    /** Parks while something happens, and goes on: the swap was called off. */
    void parkedWhile(Runnable meanwhile) throws Exception {
      while (queue.one()) {}
      queue.direct = true;
      pool.park(2, Duration.ofSeconds(5)).state().destroy();
      queue.direct = false;
      meanwhile.run();
      while (queue.one()) {}
      pool.resume();
    }

    /** As after a kill: what is durable is there, the end of the run is not. */
    void crash() throws Exception {
      queue.tasks.clear();
      end(2, true).state().destroy();
    }

    Path copy() throws IOException {
      return Joined.this.copy(data);
    }
  }

  private Settings settings() {
    return new Settings(
        false,
        Levels.of(new String[] {"QKD=256"}, new String[] {"QKD=128"}, new String[] {"QKD=64"}),
        leaseChunks);
  }

  /** One site: the pool that peers see, and perhaps copies of it that run elsewhere. */
  final class Site {
    final String name;
    Running now;
    final List<Running> ghosts = new ArrayList<>();
    Session session;

    Site(String name) throws IOException {
      this.name = name;
      this.now = new Running(this, fresh(), Optional.empty());
    }

    Site other() {
      return this == alice ? bob : alice;
    }

    JournalKeyPool pool() {
      return now.pool;
    }

    /** Stops and starts on the same folder, in the same session if it was no crash. */
    void restart(boolean crash) throws Exception {
      if (crash) {
        disconnect();
        now.crash();
      } else {
        now.stop();
      }
      now = new Running(this, now.data, Optional.empty());
      introduce();
    }

    /** Returns a copy made in the gap. */
    Path swap(int format) throws Exception {
      Parked parked = now.end(format, true);
      Path gap = now.copy();
      now = new Running(this, now.data, Optional.of(parked));
      introduce();
      return gap;
    }

    /** Goes on from a copy. */
    void restore(Path copy, boolean crash) throws Exception {
      disconnect();
      if (crash) {
        now.crash();
      } else {
        now.stop();
      }
      now = new Running(this, Joined.this.copy(copy), Optional.empty());
    }

    /** A copy takes over while the original goes on. */
    void clone(Path copy) throws Exception {
      disconnect();
      ghosts.add(now);
      now = new Running(this, Joined.this.copy(copy), Optional.empty());
    }

    /** The original comes back. */
    void exchange() {
      disconnect();
      ghosts.add(now);
      now = ghosts.remove(0);
    }

    private void introduce() {
      if (session != null && session.alive) {
        now.pool.connected(session);
      }
    }

    Optional<KeyId> take(Running from, KeyPool.Purpose purpose, int chunks) {
      Optional<Key> key = from.pool.take(other().name, purpose, 32 * chunks, o -> true);
      key.ifPresent(this::taken);
      return key.map(Key::id);
    }

    private void taken(Key key) {
      assertTrue(holds(key), "other octets than were deposited");
      for (String chunk : chunks(key.id())) {
        assertTrue(given.add(chunk), name + " gave a chunk out again: " + chunk);
      }
      takers.put(key.id(), name);
      mail.add(key.id());
      key.secret().destroy();
    }

    /** What a receiver does with a message; false if it does not know the key. */
    boolean receive(KeyId id, boolean verifies) {
      try (KeyPool.Reservation held = now.pool.reserve(other().name, id).orElse(null)) {
        if (held == null) {
          return false;
        }
        assertTrue(holds(held.key()), "the two ends hold different octets");
        if (verifies) {
          held.commit();
          if (ghosts.isEmpty()) {
            for (String chunk : chunks(id)) {
              assertTrue(committed.add(chunk), name + " committed a chunk again: " + chunk);
            }
          }
        }
        return true;
      }
    }
  }

  /** One end's view of a session. */
  final class Session implements PeerSession {
    final Site from;
    final List<CompletableFuture<byte[]>> open = new ArrayList<>();
    boolean alive = true;

    Session(Site from) {
      this.from = from;
    }

    @Override
    public Level level() {
      return Level.PQC;
    }

    @Override
    public String peer() {
      return from.other().name;
    }

    @Override
    public boolean initiator() {
      return from == alice;
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public CompletionStage<byte[]> request(String service, byte[] body) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      open.add(answer);
      onTheWay.add(() -> deliver(body, answer));
      return answer;
    }

    private void deliver(byte[] body, CompletableFuture<byte[]> answer) {
      if (!alive && random.nextBoolean()) {
        return;
      }
      from.other()
          .pool()
          .handle(from.name, body)
          .whenComplete(
              (octets, failure) ->
                  onTheWay.add(
                      () -> {
                        if (alive && failure == null) {
                          answer.complete(octets);
                        } else if (alive) {
                          answer.completeExceptionally(failure);
                        }
                      }));
    }

    @Override
    public PeerStream open(String service) {
      throw new UnsupportedOperationException();
    }
  }

  Joined(Path folder, long seed) throws IOException {
    this(folder, seed, 4);
  }

  Joined(Path folder, long seed, int leaseChunks) throws IOException {
    this.folder = folder;
    this.leaseChunks = leaseChunks;
    this.random = new Random(seed);
    this.alice = new Site("alice");
    this.bob = new Site("bob");
  }

  private Path fresh() throws IOException {
    return Files.createDirectory(folder.resolve("data-" + folders++));
  }

  Path copy(Path data) throws IOException {
    Path copy = fresh();
    Files.createDirectory(copy.resolve("pool"));
    for (String file : List.of("pool/pool.journal", "pool.key")) {
      if (Files.exists(data.resolve(file))) {
        Files.copy(
            data.resolve(file),
            copy.resolve(file),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  void connect() {
    if (alice.session == null) {
      alice.session = new Session(alice);
      bob.session = new Session(bob);
      alice.introduce();
      bob.introduce();
    }
  }

  /** Requests on the way may still arrive; answers do not. */
  void disconnect() {
    for (Site site : List.of(alice, bob)) {
      Session ended = site.session;
      if (ended != null) {
        ended.alive = false;
        site.session = null;
        site.now.pool.disconnected(ended);
        ended.open.forEach(
            a ->
                a.completeExceptionally(
                    new PeerFailure(PeerFailure.Reason.DISCONNECTED, "the session ended")));
      }
    }
  }

  /** Lets any one thing happen; false if nothing waits. */
  boolean step() {
    List<Running> busy = new ArrayList<>();
    for (Site site : List.of(alice, bob)) {
      if (!site.now.queue.tasks.isEmpty()) {
        busy.add(site.now);
      }
    }
    int which = random.nextInt(busy.size() + (onTheWay.isEmpty() ? 0 : 1) + 1);
    if (which < busy.size()) {
      busy.get(which).queue.one();
    } else if (which == busy.size() && !onTheWay.isEmpty()) {
      // requests of a session keep their order
      onTheWay.remove(0).run();
    } else {
      tick(50);
    }
    return !busy.isEmpty() || !onTheWay.isEmpty();
  }

  void tick(long millis) {
    nanos += millis * 1_000_000;
    for (Site site : List.of(alice, bob)) {
      site.now.pool.wake();
    }
  }

  /** Without faults until nothing happens any more. */
  void settle() {
    connect();
    for (int i = 0; i < 4; i++) {
      boolean more = true;
      while (more) {
        more = alice.now.queue.one() | bob.now.queue.one();
        if (!onTheWay.isEmpty()) {
          onTheWay.remove(0).run();
          more = true;
        }
      }
      tick(6_000);
    }
  }

  /** Deposits at both ends and confirms at some. */
  UUID deposit(KeyOrigin origin, int chunks, boolean atAlice, boolean atBob) {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    deposit(alice, id, origin, chunks);
    deposit(bob, id, origin, chunks);
    if (atAlice) {
      alice.pool().confirm("bob", id);
    }
    if (atBob) {
      bob.pool().confirm("alice", id);
    }
    return id;
  }

  /** Deposits at one end. */
  void deposit(Site site, UUID id, KeyOrigin origin, int chunks) {
    KeyBlock block =
        new KeyBlock(
            id, site.other().name, origin, Secret.absorb(octets(id, chunks)), Duration.ofHours(1));
    site.pool().deposit(block);
    block.octets().destroy();
  }

  static byte[] octets(UUID id, int chunks) {
    byte[] octets = new byte[chunks * 32];
    new Random(id.getLeastSignificantBits()).nextBytes(octets);
    return octets;
  }

  static boolean holds(Key key) {
    int first = key.id().offset() / 32;
    int chunks = key.id().length() / 32;
    byte[] block = octets(key.id().block(), first + 2 * chunks);
    byte[] expected = new byte[32 * chunks];
    for (int i = 0; i < chunks; i++) {
      System.arraycopy(block, (first + 2 * i) * 32, expected, 32 * i, 32);
    }
    return key.secret().lend(k -> java.util.Arrays.equals(k, expected));
  }

  private static List<String> chunks(KeyId id) {
    List<String> chunks = new ArrayList<>();
    for (int i = 0; i < id.length() / 32; i++) {
      chunks.add(id.block() + "/" + (id.offset() / 32 + 2 * i));
    }
    return chunks;
  }

  /** How many chunks were ever given out. */
  int givenOut() {
    return given.size();
  }

  @SuppressWarnings("unchecked")
  private static long count(Site site, String what) {
    return ((List<Map<String, Object>>) site.pool().status().get("peers"))
        .stream().mapToLong(p -> ((Number) p.get(what)).longValue()).sum();
  }

  /** How often either end found a store restored, in its present run. */
  long found() {
    return Stream.of(alice, bob)
        .mapToLong(s -> count(s, "restoredHere") + count(s, "restoredAtPeer"))
        .sum();
  }

  long gifts() {
    return count(alice, "giftsReceived") + count(bob, "giftsReceived");
  }

  void close() throws Exception {
    disconnect();
    Deque<Running> all = new ArrayDeque<>(alice.ghosts);
    all.addAll(bob.ghosts);
    all.add(alice.now);
    all.add(bob.now);
    for (Running running : all) {
      running.stop();
    }
  }
}
