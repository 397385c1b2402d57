package io.bellgate.coap.node;

import io.bellgate.coap.node.sessions.RecordNumbers;
import io.bellgate.coap.node.sessions.SealedSessions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.californium.elements.util.ClockUtil;
import org.eclipse.californium.elements.util.DataStreamReader;
import org.eclipse.californium.elements.util.DatagramWriter;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;

/**
 * What connections leave on the disk for a start after a power cut, and what such a start takes.
 */
final class DtlsSurvivors {
  private static final System.Logger LOG = System.getLogger(DtlsSurvivors.class.getName());
  private static final int SESSION_OCTETS = 512;
  private static final long WAIT_SECONDS = 5;
  private static final long STALE_NANOS = TimeUnit.MINUTES.toNanos(30);

  private final Connections store;
  private final SealedSessions sealed;

  /** The last block of each connection that the disk is known to know. */
  private final Map<ConnectionId, Long> noted = new ConcurrentHashMap<>();

  private boolean isFailing;
  private boolean isStopped;

  DtlsSurvivors(Connections store, SealedSessions sealed) {
    this.store = store;
    this.sealed = sealed;
  }

  private boolean isThere(ConnectionId id) {
    return store.get(id) != null;
  }

  /** How many sessions will outlive a power cut. */
  long count() {
    return sealed.noted(this::isThere);
  }

  /**
   * Nothing leaves in a block that the disk does not know of: it could leave again. On the
   * connection's own thread.
   *
   * @param number of a protected record that is about to leave
   * @throws IOException if it must not
   */
  void check(Connection connection, long number) throws IOException {
    long block = number / RecordNumbers.BLOCK;
    ConnectionId id = connection.getConnectionId();
    if (block > noted.getOrDefault(id, 0L)) {
      sealed.begin(Map.of(id, block));
      noted.put(id, block);
    }
  }

  /** Notes nothing more, and is not doing so. */
  synchronized void stop() {
    isStopped = true;
  }

  /** Notes new sessions, durably. */
  synchronized void note() {
    if (isStopped) {
      return; // its successor does, of connections that were taken over
    }
    noted.keySet().removeIf(id -> !isThere(id));
    List<SealedSessions.Session> sessions = new ArrayList<>();
    List<Connection> fresh = store.fresh();
    try {
      for (Connection connection : fresh) {
        if (!sealed.knows(connection.getConnectionId())) {
          written(connection).ifPresent(sessions::add);
        }
      }
      sealed.note(sessions, this::isThere);
      isFailing = false;
    } catch (IOException | TimeoutException | RuntimeException e) {
      store.again(fresh);
      if (!isFailing) {
        LOG.log(Level.WARNING, "sessions of nodes do not outlive a power cut: {0}", e.toString());
      }
      isFailing = true;
    } finally {
      sessions.forEach(session -> Arrays.fill(session.octets(), (byte) 0));
    }
  }

  /** A session as it is; empty if its connection has ended. */
  private static Optional<SealedSessions.Session> written(Connection connection)
      throws TimeoutException {
    CompletableFuture<Optional<SealedSessions.Session>> written;
    try {
      written = CompletableFuture.supplyAsync(() -> write(connection), connection.getExecutor());
    } catch (RejectedExecutionException gone) {
      return Optional.empty();
    }
    try {
      return written.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException gone) { // Scandium says so of one whose keys it has wiped
      LOG.log(Level.DEBUG, "a connection has ended before it was noted", gone);
      return Optional.empty();
    } catch (TimeoutException late) {
      written.thenAccept(session -> session.ifPresent(s -> Arrays.fill(s.octets(), (byte) 0)));
      throw late;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedExecutionException("it is being stopped", e);
    }
  }

  private static Optional<SealedSessions.Session> write(Connection connection) {
    Principal principal = connection.getEstablishedPeerIdentity();
    DatagramWriter writer = new DatagramWriter(SESSION_OCTETS, true);
    try {
      return principal == null || !connection.writeTo(writer)
          ? Optional.empty()
          : Optional.of(
              new SealedSessions.Session(
                  connection.getConnectionId(),
                  principal.getName(),
                  RecordNumbers.block(connection.getEstablishedDtlsContext()),
                  writer.toByteArray()));
    } finally {
      writer.close();
    }
  }

  /**
   * Goes on with the sessions of a run that ended without order, the newest few of each node;
   * before the start.
   *
   * @param isSpoken whether a connection can be gone on with
   * @return which
   */
  List<Connection> left(Predicate<Connection> isSpoken) {
    Map<Connection, Long> left = new LinkedHashMap<>();
    try {
      for (SealedSessions.Left one : sealed.left(Connections.MOST_OF_A_NODE)) {
        read(one).filter(isSpoken).ifPresent(connection -> left.put(connection, one.block()));
      }
      Map<ConnectionId, Long> blocks = new HashMap<>();
      left.forEach((connection, block) -> blocks.put(connection.getConnectionId(), block));
      sealed.begin(blocks);
      noted.putAll(blocks);
      left.forEach((c, block) -> RecordNumbers.begin(c.getEstablishedDtlsContext(), block));
      return List.copyOf(left.keySet());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "sealed sessions of nodes are not gone on with: {0}", e.toString());
      return List.of();
    }
  }

  private static Optional<Connection> read(SealedSessions.Left left) {
    try {
      // silent for long, for all that is known: who shakes hands may have its place
      long shift = ClockUtil.nanoRealtime() - left.notedNanos() - STALE_NANOS;
      return Optional.of(
          Connection.fromReader(
              new DataStreamReader(new ByteArrayInputStream(left.octets())), shift));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "a sealed session cannot be read: {0}", e.toString());
      return Optional.empty();
    } finally {
      Arrays.fill(left.octets(), (byte) 0);
    }
  }
}
