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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.californium.elements.EndpointContext;

/**
 * The security contexts of nodes, one for each key in use: made at the first request under it,
 * found in constant time, at most 10,000, the one silent longest goes first. A context whose replay
 * window nobody handed over, and whose key was not made here, asks its node for one Echo before it
 * takes anything (RFC 8613, Appendix B.1.2). A node that has forgotten its sequence number agrees
 * on another context of the same key, which has an ID context of both ends' random octets (Appendix
 * B.2): one for each key; the one without lives on. Thread safe by one lock, on this object.
 */
public final class NodeContexts implements Contexts {
  private static final int MOST = 10_000;
  private static final int MOST_CANDIDATES = 64;
  private static final int FORMAT = 2;

  private final NodeKeys keys;
  private final Aead aead;
  private final Epochs epochs;
  private final Map<Slot, Window> windows;
  private final Map<Slot, Made> made = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<Slot, Made> candidates = new LinkedHashMap<>();
  private final IdContexts idContexts = new IdContexts();

  /**
   * Where a context is found.
   *
   * @param identity of the key
   * @param agreed with an ID context
   */
  private record Slot(String identity, boolean agreed) {}

  /**
   * What arrived under a key.
   *
   * @param key tells keys apart, and says nothing of them
   * @param highest sequence number
   * @param arrived which of the 63 before it
   * @param idContext empty for none
   */
  private record Window(long key, long highest, long arrived, byte[] idContext) {}

  /**
   * A context.
   *
   * @param number of the key that it was made of
   * @param idContext empty for none
   */
  private record Made(SecurityContext context, long number, byte[] idContext) {
    boolean isOf(NodeKeys.Known key, byte[] id) {
      return number == key.number() && Arrays.equals(idContext, id);
    }
  }

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
  public synchronized Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
    Optional<NodeKeys.Known> key = keys.known(kid);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    if (kidContext.isEmpty()) {
      return context(key.get());
    }
    Optional<byte[]> id = IdContexts.unwrap(kidContext.get());
    Optional<SecurityContext> context = id.flatMap(i -> agreed(key.get(), i));
    // as a byte string while it is agreed on; libcoap 4.3.4 says it as it is from then on
    return context.isPresent() ? context : agreed(key.get(), kidContext.get());
  }

  @Override
  public synchronized Optional<SecurityContext> earlier(byte[] kid, Optional<byte[]> idContext) {
    Optional<NodeKeys.Known> key = keys.known(kid);
    return key.flatMap(k -> idContext.isEmpty() ? context(k) : agreed(k, idContext.get()));
  }

  @Override
  public Optional<SecurityContext> towards(EndpointContext destination) {
    return Optional.empty(); // the gateway asks nothing of nodes yet
  }

  private Optional<SecurityContext> context(NodeKeys.Known key) {
    Slot slot = new Slot(key.identity(), false);
    Made known = made.get(slot);
    if (known != null && known.number() == key.number()) {
      return Optional.of(known.context());
    }
    Optional<SecurityContext> context = make(key, new byte[0]);
    context.ifPresent(
        c -> {
          if (!resumed(slot, c, new byte[0]) && !keys.isNewborn(key)) {
            c.forget();
          }
          put(slot, new Made(c, key.number(), new byte[0]));
        });
    return context;
  }

  /** Goes on with what a predecessor knew of a context. */
  private boolean resumed(Slot slot, SecurityContext context, byte[] id) {
    Window window = windows.get(slot);
    if (window == null
        || window.key() != context.fingerprint()
        || !Arrays.equals(window.idContext(), id)) {
      return false;
    }
    windows.remove(slot);
    context.window(window.highest(), window.arrived());
    return true;
  }

  /** The context with an ID context: known, a predecessor's, or one that begins now. */
  private Optional<SecurityContext> agreed(NodeKeys.Known key, byte[] id) {
    Slot slot = new Slot(key.identity(), true);
    for (Map<Slot, Made> all : List.of(made, candidates)) {
      Made known = all.get(slot);
      if (known != null && known.isOf(key, id)) {
        return Optional.of(known.context());
      }
    }
    boolean offered = idContexts.isOffered(key.identity(), id);
    Window left = windows.get(slot);
    if (!offered && (left == null || !Arrays.equals(left.idContext(), id))) {
      return Optional.empty();
    }
    Optional<SecurityContext> context = make(key, id);
    if (context.isPresent() && resumed(slot, context.get(), id)) {
      put(slot, new Made(context.get(), key.number(), id));
    } else if (context.isPresent() && offered) {
      candidate(slot, new Made(context.get(), key.number(), id));
    } else {
      context.ifPresent(SecurityContext::destroy);
      return Optional.empty();
    }
    return context;
  }

  private void candidate(Slot slot, Made candidate) {
    destroy(candidates.put(slot, candidate));
    if (candidates.size() > MOST_CANDIDATES) {
      destroy(candidates.remove(candidates.keySet().iterator().next()));
    }
  }

  @Override
  public synchronized void confirm(SecurityContext context) {
    Slot slot = new Slot(context.name(), true);
    Made candidate = candidates.get(slot);
    if (candidate != null && candidate.context() == context) {
      candidates.remove(slot);
      idContexts.taken(slot.identity());
      windows.remove(slot);
      put(slot, candidate);
    }
  }

  @Override
  public synchronized Optional<SecurityContext> asked(byte[] kid, byte[] kidContext) {
    return passing(kid, IdContexts.unwrap(kidContext));
  }

  @Override
  public synchronized Optional<Offer> offer(
      byte[] kid, byte[] kidContext, Supplier<Optional<byte[]>> random) {
    Optional<byte[]> mine =
        keys.known(kid).flatMap(key -> idContexts.offer(key.identity(), random));
    Optional<byte[]> both =
        mine.flatMap(m -> IdContexts.unwrap(kidContext).map(asked -> IdContexts.join(m, asked)));
    return passing(kid, both).map(context -> new Offer(context, IdContexts.wrap(mine.get())));
  }

  /** A context for one message; it is no use of the key. */
  private Optional<SecurityContext> passing(byte[] kid, Optional<byte[]> id) {
    return id.flatMap(
        i -> keys.known(kid).flatMap(known -> keys.look(known.identity(), key -> make(key, i))));
  }

  private Optional<SecurityContext> make(NodeKeys.Known known, byte[] id) {
    return keys.lend(known.identity(), key -> make(key, id));
  }

  private SecurityContext make(NodeKeys.NodeKey key, byte[] id) {
    SecurityContext.Parameters parameters =
        new SecurityContext.Parameters(
            new byte[0],
            id.length == 0 ? Optional.empty() : Optional.of(id),
            new byte[0],
            NodeContext.kid(key.identity()),
            aead);
    try (Secret secret = NodeContext.masterSecret(key.key(), key.identity())) {
      return new SecurityContext(key.identity(), secret, parameters, epochs);
    }
  }

  private void put(Slot slot, Made next) {
    destroy(made.put(slot, next)); // the identity has another key now, or another ID context
    if (made.size() > MOST) {
      destroy(made.remove(made.keySet().iterator().next()));
    }
  }

  private static void destroy(Made gone) {
    if (gone != null) {
      gone.context().destroy();
    }
  }

  /** How many nodes have spoken. */
  public synchronized int size() {
    return made.size();
  }

  /**
   * What arrived, for whoever goes on; from now on nothing is known here. No secrets: an octet 2,
   * the number of contexts (u32), of each the identity (u16 and as many octets), the ID context (u8
   * and as many octets), what tells its key from others (u64), the highest sequence number (u64)
   * and which of the 63 before it arrived (u64). At most 10,000: those that spoke first.
   */
  public synchronized byte[] save() {
    Map<Slot, Window> known = new LinkedHashMap<>();
    made.forEach(
        (slot, m) -> {
          SecurityContext context = m.context();
          context
              .window()
              .ifPresent(
                  w ->
                      known.put(
                          slot, new Window(context.fingerprint(), w[0], w[1], m.idContext())));
          context.destroy();
        });
    windows.forEach(known::putIfAbsent);
    known.keySet().removeIf(slot -> keys.node(slot.identity()).isEmpty());
    made.clear();
    windows.clear();
    candidates.values().forEach(NodeContexts::destroy);
    candidates.clear();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(FORMAT);
      out.writeInt(Math.min(known.size(), MOST));
      int left = MOST;
      for (Map.Entry<Slot, Window> entry : known.entrySet()) {
        if (left-- > 0) {
          Window window = entry.getValue();
          out.writeUTF(entry.getKey().identity());
          out.writeByte(window.idContext().length);
          out.write(window.idContext());
          out.writeLong(window.key());
          out.writeLong(window.highest());
          out.writeLong(window.arrived());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  private static Map<Slot, Window> read(byte[] state) {
    Map<Slot, Window> windows = new LinkedHashMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      int format = in.readByte();
      int count = in.readInt();
      if (format != FORMAT || count < 0 || count > MOST) {
        throw new IllegalArgumentException(
            "a state of contexts cannot be read: format=" + format + " contexts=" + count);
      }
      for (int i = 0; i < count; i++) {
        String identity = in.readUTF();
        byte[] id = in.readNBytes(in.readUnsignedByte());
        windows.put(
            new Slot(identity, id.length > 0),
            new Window(in.readLong(), in.readLong(), in.readLong(), id));
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
