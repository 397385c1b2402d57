package io.bellgate.coap.node;

import io.bellgate.coap.node.keys.NodeKeys;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.InMemoryReadWriteLockConnectionStore;

/**
 * The connections of nodes, so shared out that one that shakes hands again and again takes nothing
 * from others. Of each node the four that it made last are kept, whatever key they are under:
 * Scandium alone keeps all for half an hour, and refuses everybody new when it is full. And a node
 * makes at most 256 in 135 seconds, since Scandium refuses everybody new after as many in that time
 * as it has places. What counts are handshakes that were completed: nobody without the key takes
 * anything from a node.
 */
final class Connections extends InMemoryReadWriteLockConnectionStore {
  static final int MOST_OF_A_NODE = 4;
  static final int MOST_IN_A_WHILE = 256;

  private static final System.Logger LOG = System.getLogger(Connections.class.getName());
  private static final long STALE_SECONDS = TimeUnit.MINUTES.toSeconds(30);
  private static final long WHILE_NANOS = TimeUnit.SECONDS.toNanos(135);

  private final NodeKeys keys;
  private final int most;
  private final Queue<ConnectionId> fresh = new ConcurrentLinkedQueue<>();

  /** Connections are taken over, and no handshakes. */
  private boolean isTaking;

  /** By node. Guarded by itself. */
  private final Map<String, Own> made = new LinkedHashMap<>(64, 0.75f, true);

  /** What a node made. */
  private static final class Own {
    private final Deque<ConnectionId> last = new ArrayDeque<>(MOST_OF_A_NODE + 1);
    private long sinceNanos = System.nanoTime();
    private int now;
    private int before;

    /** How many in this while and the one before: never fewer than in any as long. */
    int count() {
      long past = (System.nanoTime() - sinceNanos) / WHILE_NANOS;
      if (past > 0) {
        sinceNanos += past * WHILE_NANOS;
        before = past == 1 ? now : 0;
        now = 0;
      }
      return now + before;
    }
  }

  Connections(NodeKeys keys, int most) {
    super(most, STALE_SECONDS, null, true);
    this.keys = keys;
    this.most = most;
  }

  /** Whether whoever says it has this identity may go on with its handshake. */
  boolean mayShakeHands(String identity) {
    synchronized (made) {
      Own own = made.get(node(identity));
      return own == null || own.count() < MOST_IN_A_WHILE;
    }
  }

  private String node(String identity) {
    return keys.node(identity).orElse(identity);
  }

  @Override
  public void putEstablishedSession(Connection connection) {
    super.putEstablishedSession(connection);
    fresh.add(connection.getConnectionId());
    oneTooMany(connection).map(this::get).ifPresent(this::end);
  }

  /** Runs something that takes connections over: they have places, and count as no handshakes. */
  void taking(Runnable take) {
    isTaking = true;
    try {
      take.run();
    } finally {
      isTaking = false;
    }
  }

  /** These are fresh still. */
  void again(List<Connection> notYet) {
    notYet.forEach(connection -> fresh.add(connection.getConnectionId()));
  }

  /** Connections that were established since this was asked last, as far as they are there. */
  List<Connection> fresh() {
    List<Connection> all = new ArrayList<>();
    for (ConnectionId id = fresh.poll(); id != null; id = fresh.poll()) {
      Connection connection = get(id);
      if (connection != null) {
        all.add(connection);
      }
    }
    return all;
  }

  /** Notes that a node made a connection, and says which is to end: of its others, or this one. */
  private Optional<ConnectionId> oneTooMany(Connection connection) {
    Principal principal = connection.getEstablishedPeerIdentity();
    if (principal == null) {
      return Optional.empty();
    }
    String node = node(principal.getName());
    synchronized (made) {
      Own own = made.computeIfAbsent(node, n -> new Own());
      if (made.size() > most) {
        made.remove(made.keySet().iterator().next());
      }
      int before = isTaking ? 0 : own.count();
      if (before == MOST_IN_A_WHILE - 1) {
        LOG.log(Level.WARNING, "a node shakes hands too often, and has to wait: node={0}", node);
      }
      own.now += isTaking ? 0 : 1;
      if (before >= MOST_IN_A_WHILE) {
        return Optional.of(connection.getConnectionId());
      }
      own.last.removeIf(id -> get(id) == null); // closed since
      own.last.add(connection.getConnectionId());
      return own.last.size() > MOST_OF_A_NODE ? Optional.of(own.last.remove()) : Optional.empty();
    }
  }

  /** Ends one, on whose thread this is. */
  void endNow(Connection connection) {
    remove(connection, false);
  }

  /** Ends one, on its own thread. */
  void end(Connection connection) {
    if (connection.isExecuting()) {
      connection.getExecutor().execute(() -> endNow(connection));
    } else {
      endNow(connection);
    }
  }
}
