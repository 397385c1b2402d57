package io.bellgate.coap.node.sessions;

import io.bellgate.coap.node.keys.Minutes;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.journal.Disk;
import io.bellgate.journal.Journal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.californium.scandium.dtls.ConnectionId;

/**
 * What of DTLS sessions is on the disk all the time, for the start after a power cut: each session,
 * sealed under the key of its node, once; and of each the last block of sequence numbers that
 * something was sent in, before it is sent. A journal; each frame holds entries: an octet 1 or 2,
 * the connection ID (u8 and as many octets), then
 *
 * <ul>
 *   <li>1, a session: when it was noted by the clock of its run (ns, i64), its block then (u32),
 *       identity of its key (u16 and as many octets of UTF-8), what was sealed (u16 and as many
 *       octets);
 *   <li>2: a block (u32).
 * </ul>
 *
 * <p>In a folder that no backup takes, as an old file knows of fewer blocks. Should one come back
 * for all that, a start goes on with the block that has the number of {@link Minutes}, if that is
 * behind the last one: so no number comes twice as long as the clock is right and no more blocks
 * are begun than minutes pass, by starts after a crash and by 65,536 records each. Guarded by
 * itself.
 */
public final class SealedSessions implements Closeable {
  private static final System.Logger LOG = System.getLogger(SealedSessions.class.getName());
  private static final int SESSION = 1;
  private static final int BLOCK = 2;
  private static final int SPARE_OCTETS = 1 << 18;
  private static final int MOST = 10_000;

  private final Disk.Folder folder;
  private final Path file;
  private final NodeKeys keys;
  private final InstantSource clock;
  private Journal journal;
  private boolean closed;
  private boolean hasFailed;
  private final Map<ConnectionId, Place> sessions = new LinkedHashMap<>();
  private final Map<ConnectionId, Long> blocks = new HashMap<>();

  /** Where an entry is in the file. */
  private record Place(long position, int length) {}

  /**
   * A session to note.
   *
   * @param id of the connection
   * @param identity of the key that it was agreed on with
   * @param block of the next record that is sent
   * @param octets of it, as the library writes them; secret
   */
  public record Session(ConnectionId id, String identity, long block, byte[] octets) {}

  /**
   * A session that a run left that ended without order.
   *
   * @param octets as they were noted; secret
   * @param notedNanos by the clock of that run
   * @param block nothing was sent in it, nor in those behind it
   */
  public record Left(ConnectionId id, byte[] octets, long notedNanos, long block) {}

  /**
   * Names the file, which is opened when it is needed.
   *
   * @param keys under which sessions are sealed
   */
  public SealedSessions(Disk.Folder folder, Path file, NodeKeys keys, InstantSource clock) {
    this.folder = folder;
    this.file = file;
    this.keys = keys;
    this.clock = clock;
  }

  /** What is in the file is no entry. */
  private static final class Unknown extends IOException {
    private static final long serialVersionUID = 1;

    Unknown(String what) {
      super("entries are sessions or blocks, and whole: " + what);
    }
  }

  private Journal journal() throws IOException {
    if (closed) {
      throw new IOException("the file of sealed sessions is closed");
    }
    if (journal == null) {
      sessions.clear();
      blocks.clear();
      try {
        journal = new Journal(folder, file, true, this::read);
      } catch (Journal.Damaged | Unknown unreadable) {
        LOG.log(Level.WARNING, "sealed sessions of nodes are dropped: {0}", unreadable.toString());
        sessions.clear();
        blocks.clear();
        Files.delete(file);
        journal = new Journal(folder, file, true, this::read);
      }
      if (hasFailed) { // what was read may not be on the disk
        shrink(id -> true);
        hasFailed = false;
      }
    }
    return journal;
  }

  /** Appends; after a failure the file is opened again, as nobody knows what is in it. */
  private long commit(byte[] frame) throws IOException {
    try {
      return journal().commit(frame);
    } catch (IOException failed) {
      reopenLater();
      throw failed;
    }
  }

  private void reopenLater() {
    try {
      if (journal != null) {
        journal.close();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a file did not close", e);
    }
    journal = null;
    hasFailed = true;
  }

  private void read(byte[] frame, long position) throws IOException {
    try {
      readAll(frame, position);
    } catch (EOFException e) {
      throw new Unknown("an entry of another version");
    }
  }

  private void readAll(byte[] frame, long position) throws IOException {
    ByteArrayInputStream octets = new ByteArrayInputStream(frame);
    DataInputStream in = new DataInputStream(octets);
    while (in.available() > 0) {
      int at = frame.length - octets.available();
      int kind = in.readUnsignedByte();
      ConnectionId id = new ConnectionId(octets(in, in.readUnsignedByte()));
      if (kind == BLOCK) {
        blocks.merge(id, Integer.toUnsignedLong(in.readInt()), Math::max);
      } else if (kind == SESSION) {
        in.readLong();
        blocks.merge(id, Integer.toUnsignedLong(in.readInt()), Math::max);
        octets(in, in.readUnsignedShort());
        octets(in, in.readUnsignedShort());
        sessions.remove(id); // those noted last are last
        sessions.put(id, new Place(position + at, frame.length - octets.available() - at));
      } else {
        throw new Unknown("kind=" + kind);
      }
    }
  }

  private static byte[] octets(DataInputStream in, int length) throws IOException {
    byte[] octets = new byte[length];
    in.readFully(octets);
    return octets;
  }

  /** Whether a session is noted. */
  public synchronized boolean knows(ConnectionId id) throws IOException {
    journal();
    return sessions.containsKey(id);
  }

  /** How many sessions are noted whose connections are open. */
  public synchronized long noted(Predicate<ConnectionId> isThere) {
    return sessions.keySet().stream().filter(isThere).count();
  }

  /**
   * Notes sessions, durably; of those whose key is not accepted any more it notes nothing. What is
   * in the file of sessions that have ended goes when it is most of it.
   *
   * @param isThere whether a connection is open
   */
  public synchronized void note(Collection<Session> fresh, Predicate<ConnectionId> isThere)
      throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    Map<ConnectionId, Place> within = new LinkedHashMap<>();
    for (Session session : fresh) {
      Optional<byte[]> entry = entry(session);
      if (entry.isPresent()) {
        within.put(session.id(), new Place(frame.size(), entry.get().length));
        frame.write(entry.get());
      }
    }
    if (within.isEmpty()) {
      return;
    }
    long position = commit(frame.toByteArray());
    within.forEach(
        (id, place) -> sessions.put(id, new Place(position + place.position(), place.length())));
    if (journal.size() > 2 * octetsOf(isThere) + SPARE_OCTETS) {
      shrink(isThere);
    }
  }

  private long octetsOf(Predicate<ConnectionId> isThere) {
    return sessions.entrySet().stream()
        .filter(session -> isThere.test(session.getKey()))
        .mapToLong(session -> session.getValue().length())
        .sum();
  }

  private void shrink(Predicate<ConnectionId> isThere) throws IOException {
    blocks.keySet().removeIf(isThere.negate());
    sessions.keySet().removeIf(isThere.negate());
    Map<ConnectionId, Place> moved = new LinkedHashMap<>();
    try {
      journal.rewrite(
          frames -> {
            for (Map.Entry<ConnectionId, Long> block : blocks.entrySet()) {
              frames.append(entry(block.getKey(), block.getValue()));
            }
            for (Map.Entry<ConnectionId, Place> session : sessions.entrySet()) {
              Place was = session.getValue();
              long position = frames.append(journal.read(was.position(), was.length()));
              moved.put(session.getKey(), new Place(position, was.length()));
            }
          });
    } catch (IOException failed) {
      reopenLater();
      throw failed;
    }
    sessions.putAll(moved);
  }

  private static byte[] entry(ConnectionId id, long block) {
    return ByteBuffer.allocate(2 + id.length() + 4)
        .put((byte) BLOCK)
        .put((byte) id.length())
        .put(id.getBytes())
        .putInt((int) block)
        .array();
  }

  /**
   * Notes, durably, blocks that something is about to be sent in, as far as that is not known.
   *
   * @throws IOException if nobody knows whether they are noted: nothing may be sent
   */
  public synchronized void begin(Map<ConnectionId, Long> begun) throws IOException {
    journal();
    Map<ConnectionId, Long> unknown = new HashMap<>(begun);
    unknown.entrySet().removeIf(b -> b.getValue() <= blocks.getOrDefault(b.getKey(), 0L));
    if (!unknown.isEmpty()) {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      for (Map.Entry<ConnectionId, Long> block : unknown.entrySet()) {
        frame.write(entry(block.getKey(), block.getValue()));
      }
      commit(frame.toByteArray());
      blocks.putAll(unknown);
    }
  }

  /**
   * What the last run left, if it ended without order: sessions whose keys are accepted still, at
   * most 10,000, those noted last.
   *
   * @param mostOfANode of each node
   * @return those noted last are last
   */
  public synchronized List<Left> left(int mostOfANode) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    journal();
    List<Place> places = new ArrayList<>(sessions.values());
    Collections.reverse(places);
    Map<String, Integer> ofNode = new HashMap<>();
    List<Left> left = new ArrayList<>();
    for (Place place : places) {
      Sealed session = sealed(journal.read(place.position(), place.length()));
      Optional<String> node = keys.node(session.identity());
      if (left.size() < MOST
          && node.isPresent()
          && ofNode.getOrDefault(node.get(), 0) < mostOfANode) {
        Optional<Left> opened = opened(session);
        opened.ifPresent(left::add);
        opened.ifPresent(o -> ofNode.merge(node.get(), 1, Integer::sum));
      }
    }
    Collections.reverse(left);
    return left;
  }

  /** A session in the file. */
  private record Sealed(
      ConnectionId id, long notedNanos, String identity, byte[] header, byte[] octets) {}

  private static Sealed sealed(byte[] entry) throws IOException {
    ByteArrayInputStream octets = new ByteArrayInputStream(entry);
    DataInputStream in = new DataInputStream(octets);
    in.readUnsignedByte();
    ConnectionId id = new ConnectionId(octets(in, in.readUnsignedByte()));
    long notedNanos = in.readLong();
    in.readInt();
    String identity = new String(octets(in, in.readUnsignedShort()), StandardCharsets.UTF_8);
    byte[] header = Arrays.copyOf(entry, entry.length - octets.available());
    return new Sealed(id, notedNanos, identity, header, octets(in, in.readUnsignedShort()));
  }

  private Optional<Left> opened(Sealed session) {
    long block = Math.max(blocks.getOrDefault(session.id(), 0L) + 1, Minutes.of(clock));
    return keys.look(
            session.identity(),
            key -> SessionSeal.open(key.key(), session.header(), session.octets()))
        .flatMap(opened -> opened)
        .map(octets -> new Left(session.id(), octets, session.notedNanos(), block));
  }

  /** Takes and gives nothing more. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (journal != null) {
      journal.close();
    }
  }

  private Optional<byte[]> entry(Session session) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(octets);
    byte[] identity = session.identity().getBytes(StandardCharsets.UTF_8);
    out.writeByte(SESSION);
    out.writeByte(session.id().length());
    out.write(session.id().getBytes());
    out.writeLong(System.nanoTime());
    out.writeInt((int) session.block());
    out.writeShort(identity.length);
    out.write(identity);
    Optional<byte[]> sealed =
        keys.look(
            session.identity(),
            key -> SessionSeal.seal(key.key(), octets.toByteArray(), session.octets()));
    if (sealed.isPresent()) {
      out.writeShort(sealed.get().length);
      out.write(sealed.get());
    }
    return sealed.map(s -> octets.toByteArray());
  }
}
