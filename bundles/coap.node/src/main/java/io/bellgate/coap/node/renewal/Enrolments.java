package io.bellgate.coap.node.renewal;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Gone;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.nodekeys.BitsRandom;
import io.bellgate.nodekeys.EnrolConfirmation;
import io.bellgate.nodekeys.EnrolRequest;
import io.bellgate.nodekeys.EnrolSuite;
import io.bellgate.nodekeys.Enrolment;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Enrolments of nodes ({@link Enrolment}): a first message is answered, and the key is taken into
 * the registry when the node has shown that it has the same. Until then it waits in memory: one for
 * each node, so many in all, so long. A swap forgets those that wait; the node begins anew. One
 * lock: its monitor, held while a key is written.
 */
public final class Enrolments {
  /** A node may begin anew after so long. */
  static final long LEAST_NANOS = 2_000_000_000L;

  private static final int RETRY_SECONDS = 5;
  private static final System.Logger LOG = System.getLogger(Enrolments.class.getName());

  private final NodeKeys keys;
  private final Renewal renewal;
  private final ToIntFunction<String> againSeconds;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private long taken;
  private long refused;

  /** One that was answered. */
  private static final class Waiting {
    final String asked;
    final String identity;
    final EnrolSuite suite;
    final Enrolment enrolment;
    final long sinceNanos;
    boolean done;

    Waiting(String asked, Enrolment.Answered answered, long sinceNanos) {
      this.asked = asked;
      this.identity = answered.answer().identity();
      this.suite = answered.answer().suite();
      this.enrolment = answered.enrolment();
      this.sinceNanos = sinceNanos;
    }
  }

  /**
   * Makes it.
   *
   * @param againSeconds when a node should ask for its next key
   */
  public Enrolments(NodeKeys keys, Renewal renewal, ToIntFunction<String> againSeconds) {
    this.keys = keys;
    this.renewal = renewal;
    this.againSeconds = againSeconds;
  }

  /**
   * Answers a message.
   *
   * @param node that sent it
   * @param identity under which it did, as the protection of the request says
   */
  public synchronized Outcome answer(String node, String identity, byte[] payload, long nowNanos) {
    expire(nowNanos);
    Optional<EnrolConfirmation> word = EnrolConfirmation.decode(payload);
    Outcome outcome =
        word.isPresent()
            ? confirm(node, identity, word.get())
            : EnrolRequest.decode(payload)
                .map(request -> begin(node, identity, request, nowNanos))
                .orElseGet(() -> new Outcome.Malformed("BG-COAP-024", "no message of version 1"));
    if (outcome instanceof Outcome.Malformed || outcome instanceof Outcome.Refused) {
      refused++;
    }
    return outcome;
  }

  private void expire(long nowNanos) {
    long life = renewal.rules().enrolSeconds() * 1_000_000_000;
    for (Iterator<Waiting> all = waiting.values().iterator(); all.hasNext(); ) {
      Waiting one = all.next();
      if (nowNanos - one.sinceNanos < life) {
        break; // they stand in the order in which they began
      }
      one.enrolment.close();
      all.remove();
    }
  }

  private Outcome begin(String node, String identity, EnrolRequest request, long nowNanos) {
    Waiting before = waiting.get(node);
    if (before != null && nowNanos - before.sinceNanos < LEAST_NANOS) {
      return new Outcome.Later("BG-COAP-025", "this node began a moment ago", 2);
    }
    if (before == null && full()) {
      return new Outcome.Later(
          "BG-COAP-025", "too many nodes enrol", (int) renewal.rules().enrolSeconds());
    }
    RandomBits bits = renewal.random().get();
    AlgorithmRegistry registry = renewal.algorithms().get();
    if (bits == null || registry == null) {
      return new Outcome.Later(
          "BG-COAP-025", "there are no algorithms or no random bits now", RETRY_SECONDS);
    }
    try {
      return begin(node, identity, request, registry, bits, nowNanos);
    } catch (NotAllowed notHere) {
      return new Outcome.Refused("BG-COAP-026", notHere.getMessage());
    } catch (GeneralSecurityException malformed) {
      return new Outcome.Malformed("BG-COAP-024", "no keys of " + request.suite());
    } catch (EntropyFailure | Gone notNow) {
      return new Outcome.Later("BG-COAP-025", notNow.getMessage(), RETRY_SECONDS);
    }
  }

  private Outcome begin(
      String node,
      String identity,
      EnrolRequest request,
      AlgorithmRegistry registry,
      RandomBits bits,
      long nowNanos)
      throws GeneralSecurityException {
    Algorithm kem = registry.require(request.suite().kem(), AlgorithmRegistry.Use.MAKE);
    Algorithm x25519 = registry.require(EnrolSuite.X25519, AlgorithmRegistry.Use.MAKE);
    Optional<Integer> generation = keys.present(identity, NodeKey::generation);
    if (generation.isEmpty()) {
      return superseded();
    }
    try (Enrolment.Share share =
        Enrolment.answer(
            request,
            kem.provider(),
            x25519.provider(),
            new BitsRandom(bits),
            generation.get() + 1,
            Turn.opaque(bits))) {
      Optional<Enrolment.Answered> answered =
          keys.present(
              identity,
              now -> share.join(new Enrolment.Before(now.key(), node, identity), request));
      if (answered.isEmpty()) {
        return superseded();
      }
      put(node, new Waiting(identity, answered.get(), nowNanos));
      return new Outcome.Done(answered.get().answer().encode());
    }
  }

  private static Outcome superseded() {
    return new Outcome.Refused("BG-COAP-008", "a later key is in use already");
  }

  /** Whether there is no room, not even that of one that is done. */
  private boolean full() {
    if (waiting.size() < renewal.rules().mostEnrolments()) {
      return false;
    }
    return !waiting.values().removeIf(one -> one.done);
  }

  private void put(String node, Waiting one) {
    Waiting before = waiting.remove(node);
    if (before != null) {
      before.enrolment.close();
    }
    waiting.put(node, one);
  }

  private Outcome confirm(String node, String identity, EnrolConfirmation word) {
    Waiting one = waiting.get(node);
    if (one == null || !one.asked.equals(identity) || !one.identity.equals(word.identity())) {
      return new Outcome.Refused("BG-COAP-030", "no enrolment waits for this: begin anew");
    }
    if (one.done) {
      return done(node); // its answer was lost
    }
    if (!one.enrolment.confirmedBy(word)) {
      waiting.remove(node).enrolment.close();
      return new Outcome.Refused("BG-COAP-031", "this node has not the same key: begin anew");
    }
    try (Secret key = one.enrolment.key()) {
      NodeKeys.Ask ask =
          new NodeKeys.Ask(
              identity,
              one.identity,
              NodeKey.ENROLLED + one.suite,
              (now, generation) -> key.part(0, key.length()));
      if (keys.succeed(List.of(ask)).get(0).isEmpty()) {
        waiting.remove(node).enrolment.close();
        return superseded();
      }
    } catch (IOException failed) {
      LOG.log(Level.WARNING, "a node is not enrolled: node={0} why={1}", node, failed.getMessage());
      return new Outcome.Later("BG-COAP-025", "the key cannot be kept now", RETRY_SECONDS);
    }
    one.done = true;
    one.enrolment.close();
    taken++;
    tell(one.suite);
    return done(node);
  }

  /** For the inventory of algorithms; in the gap of a swap nobody is told. */
  private void tell(EnrolSuite suite) {
    AlgorithmRegistry registry = renewal.algorithms().get();
    try {
      if (registry != null) {
        registry.negotiated("nodes", "enrolment", suite.algorithms());
      }
    } catch (Gone swapped) {
      LOG.log(Level.DEBUG, "the inventory does not know of an enrolment", swapped);
    }
  }

  private Outcome done(String node) {
    return new Outcome.Done(EnrolConfirmation.answer(againSeconds.applyAsInt(node)));
  }

  /** How many wait, were taken and were refused. */
  public synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("waiting", waiting.values().stream().filter(one -> !one.done).count());
    status.put("taken", taken);
    status.put("refused", refused);
    return status;
  }

  /** Forgets all that wait. */
  public synchronized void stop() {
    waiting.values().forEach(one -> one.enrolment.close());
    waiting.clear();
  }
}
