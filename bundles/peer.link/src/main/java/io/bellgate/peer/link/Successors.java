package io.bellgate.peer.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.peer.link.tls.PreSharedKeys;
import io.bellgate.peer.link.tls.Secured;
import java.util.Optional;
import java.util.UUID;

/**
 * Pre-shared keys of further connections of one session, from the exporter of its main one. A name
 * is {@code SESSION:GENERATION:NUMBER}; a generation is one main connection; a number is used once.
 * One lock, its monitor.
 */
final class Successors implements AutoCloseable {
  private final UUID session;
  private PeerSession.Level level;
  private Secret secret;
  private int generation;
  private boolean closed;
  private int used;

  Successors(UUID session, Secured main) {
    this.session = session;
    this.secret = main.successor();
    this.level = main.level();
  }

  /** Another main connection took over. */
  synchronized void renew(Secured main) {
    secret.destroy();
    secret = main.successor();
    if (closed) {
      secret.destroy();
    }
    level = main.level();
    generation++;
    used = 0;
  }

  synchronized int generation() {
    return generation;
  }

  /** Of the main connection, and so of those that follow from it. */
  synchronized PeerSession.Level level() {
    return level;
  }

  /** Origin of a key that a connection of the same session has made. */
  String origin() {
    return "by the session, " + level();
  }

  /** The next name, at the dialling end. */
  synchronized String take() {
    return session + ":" + generation + ":" + ++used;
  }

  /** A copy, which the caller owns. */
  synchronized Secret copy() {
    return secret.part(0, secret.length());
  }

  /** Looks a name up at the answering end. */
  synchronized Optional<PreSharedKeys.Held> find(String name) {
    String prefix = session + ":" + generation + ":";
    String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    if (!number.matches("[0-9]{1,9}") || Integer.parseInt(number) <= used) {
      return Optional.empty();
    }
    return Optional.of(new Derived(Integer.parseInt(number), copy(), level, origin()));
  }

  private synchronized void used(int number) {
    used = Math.max(used, number);
  }

  /** One such key, being verified. */
  private final class Derived implements PreSharedKeys.Held {
    private final int number;
    private final Secret copy;
    private final PeerSession.Level level;
    private final String origin;

    Derived(int number, Secret copy, PeerSession.Level level, String origin) {
      this.number = number;
      this.copy = copy;
      this.level = level;
      this.origin = origin;
    }

    @Override
    public Secret secret() {
      return copy;
    }

    @Override
    public PeerSession.Level level() {
      return level;
    }

    @Override
    public String origin() {
      return origin;
    }

    @Override
    public void commit() {
      used(number);
    }

    @Override
    public void close() {
      copy.destroy();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    secret.destroy();
  }
}
