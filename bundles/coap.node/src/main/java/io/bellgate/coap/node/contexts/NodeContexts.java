package io.bellgate.coap.node.contexts;

import io.bellgate.api.bits.Secret;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.SecurityContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.elements.EndpointContext;

/**
 * The security contexts of nodes, one for each key in use: made at the first request under it,
 * found in constant time, at most 10,000, the one silent longest goes first. A context whose replay
 * window nobody handed over, and whose key was not made here, asks its node for one Echo before it
 * takes anything (RFC 8613, Appendix B.1.2). Thread safe by one lock, on this object.
 */
public final class NodeContexts implements Contexts {
  private static final int MOST = 10_000;
  private static final int FORMAT = 1;

  private final NodeKeys keys;
  private final Aead aead;
  private final Epochs epochs;
  private final Map<String, Window> windows;
  private final Map<String, Made> byIdentity = new LinkedHashMap<>(64, 0.75f, true);

  /**
   * What arrived under a key.
   *
   * @param key tells keys apart, and says nothing of them
   * @param highest sequence number
   * @param arrived which of the 63 before it
   */
  private record Window(long key, long highest, long arrived) {}

  /**
   * A context.
   *
   * @param number of the key that it was made of
   */
  private record Made(SecurityContext context, long number) {}

  /**
   * Begins with what a predecessor left.
   *
   * @param aead of all nodes
   * @param epochs file of the gateway's own sequence numbers
   * @param state as {@link #save} gave it; empty for none
   * @throws IllegalArgumentException if the state cannot be read
   */
  public NodeContexts(NodeKeys keys, Aead aead, Path epochs, InstantSource clock, byte[] state) {
    this.keys = keys;
    this.aead = aead;
    this.epochs = new Epochs(epochs, clock);
    this.windows = state.length == 0 ? new LinkedHashMap<>() : read(state);
  }

  @Override
  public Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
    Optional<NodeKeys.Known> key = kidContext.isPresent() ? Optional.empty() : keys.known(kid);
    return key.flatMap(this::context);
  }

  @Override
  public Optional<SecurityContext> towards(EndpointContext destination) {
    return Optional.empty(); // the gateway asks nothing of nodes yet
  }

  private synchronized Optional<SecurityContext> context(NodeKeys.Known key) {
    String identity = key.identity();
    Made known = byIdentity.get(identity);
    if (known != null && known.number() == key.number()) {
      return Optional.of(known.context());
    }
    if (known != null) {
      known.context().destroy(); // the identity has another key now
    }
    Optional<SecurityContext> made = keys.lend(identity, this::make);
    made.ifPresent(
        context -> {
          Window window = windows.remove(identity);
          if (window != null && window.key() == context.fingerprint()) {
            context.window(window.highest(), window.arrived());
          } else if (!keys.isNewborn(key)) {
            context.forget();
          }
          byIdentity.put(identity, new Made(context, key.number()));
        });
    bound();
    return made;
  }

  private SecurityContext make(NodeKeys.NodeKey key) {
    SecurityContext.Parameters parameters =
        new SecurityContext.Parameters(
            new byte[0], Optional.empty(), new byte[0], NodeContext.kid(key.identity()), aead);
    try (Secret secret = NodeContext.masterSecret(key.key(), key.identity())) {
      return new SecurityContext(key.identity(), secret, parameters, epochs);
    }
  }

  private void bound() {
    if (byIdentity.size() > MOST) {
      var eldest = byIdentity.entrySet().iterator();
      eldest.next().getValue().context().destroy();
      eldest.remove();
    }
  }

  /** How many nodes have spoken. */
  public synchronized int size() {
    return byIdentity.size();
  }

  /**
   * What arrived, for whoever goes on; from now on nothing is known here. No secrets: an octet 1,
   * the number of contexts (u32), of each the identity (u16 and as many octets), what tells its key
   * from others (u64), the highest sequence number (u64) and which of the 63 before it arrived
   * (u64). At most 10,000: those that spoke first.
   */
  public synchronized byte[] save() {
    Map<String, Window> known = new LinkedHashMap<>();
    byIdentity.forEach(
        (identity, m) -> {
          SecurityContext context = m.context();
          context
              .window()
              .ifPresent(w -> known.put(identity, new Window(context.fingerprint(), w[0], w[1])));
          context.destroy();
        });
    windows.forEach(known::putIfAbsent);
    known.keySet().removeIf(identity -> keys.node(identity).isEmpty());
    byIdentity.clear();
    windows.clear();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(FORMAT);
      out.writeInt(Math.min(known.size(), MOST));
      int left = MOST;
      for (Map.Entry<String, Window> entry : known.entrySet()) {
        if (left-- > 0) {
          out.writeUTF(entry.getKey());
          out.writeLong(entry.getValue().key());
          out.writeLong(entry.getValue().highest());
          out.writeLong(entry.getValue().arrived());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  private static Map<String, Window> read(byte[] state) {
    Map<String, Window> windows = new LinkedHashMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      int format = in.readByte();
      int count = in.readInt();
      if (format != FORMAT || count < 0 || count > MOST) {
        throw new IllegalArgumentException(
            "a state of contexts cannot be read: format=" + format + " contexts=" + count);
      }
      for (int i = 0; i < count; i++) {
        windows.put(in.readUTF(), new Window(in.readLong(), in.readLong(), in.readLong()));
      }
      if (in.available() > 0) {
        throw new IllegalArgumentException("a state of contexts ends after the last");
      }
      return windows;
    } catch (IOException e) {
      throw new IllegalArgumentException("a state of contexts cannot be read: " + e, e);
    }
  }
}
