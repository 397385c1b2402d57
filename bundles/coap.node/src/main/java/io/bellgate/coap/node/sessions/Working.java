package io.bellgate.coap.node.sessions;

import java.util.Optional;
import org.eclipse.californium.scandium.ConnectionListener;
import org.eclipse.californium.scandium.dtls.Connection;

/**
 * Which connection a thread works on. An address does not say: a connection may have lost its own
 * to another one while it is spoken to by its connection ID.
 */
public final class Working implements ConnectionListener {
  private final ThreadLocal<Connection> connection = new ThreadLocal<>();

  /** The one that this thread works on; empty if it does not work on one. */
  public Optional<Connection> connection() {
    return Optional.ofNullable(connection.get());
  }

  @Override
  public void beforeExecution(Connection begun) {
    connection.set(begun);
  }

  @Override
  public void updateExecution(Connection going) {
    // it is known
  }

  @Override
  public void afterExecution(Connection done) {
    connection.remove();
  }

  @Override
  public void onConnectionEstablished(Connection established) {
    // nothing to do
  }

  @Override
  public void onConnectionRemoved(Connection removed) {
    // nothing to do
  }

  @Override
  public boolean onConnectionUpdatesSequenceNumbers(Connection updated, boolean isWritten) {
    return false;
  }

  @Override
  public boolean onConnectionMacError(Connection attacked) {
    return false;
  }
}
