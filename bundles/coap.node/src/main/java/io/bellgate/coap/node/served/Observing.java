package io.bellgate.coap.node.served;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Refusal;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.elements.EndpointContext;

/**
 * The list of observers (RFC 7641, section 4.1), and what is sent to them: whenever something
 * changed the resource is asked, then one confirmable notification is under way at most; what
 * changes meanwhile is asked once afterwards. What a node is known to have, by its entity tag, is
 * not sent again. Before each notification it is made sure again that the node is admitted.
 *
 * <p>Thread safe: one lock, on this object, not held while a resource is asked or something is
 * sent.
 */
final class Observing {
  /** Observations at most; half of them without protection. */
  static final int MOST = 10_000;

  /** Observations of a node at most. */
  static final int MOST_OF_NODE = 8;

  private static final int AT_ONCE = 20;
  private static final long PACE_MILLIS = 100;
  private static final long SILENT_MILLIS = TimeUnit.HOURS.toMillis(24);
  private static final long SWEEP_MINUTES = 30;

  private final Map<String, List<Observation>> byNode = new HashMap<>();
  private final Map<String, Long> ended = new TreeMap<>();
  private final Asking asking;
  private final Admission admission;
  private final Notices notices;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private int count;
  private int countPlain;
  private long refused;
  private long sent;
  private boolean isStopped;

  Observing(
      Asking asking,
      Admission admission,
      Notices notices,
      InstantSource clock,
      ScheduledExecutorService timer) {
    this.asking = asking;
    this.admission = admission;
    this.notices = notices;
    this.clock = clock;
    this.timer = timer;
    timer.scheduleWithFixedDelay(this::sweep, SWEEP_MINUTES, SWEEP_MINUTES, TimeUnit.MINUTES);
  }

  // ------------------------------------------------------------ the list

  /**
   * Lists an observer before its request is answered: what changes from now on it will be told.
   *
   * @return empty if there are too many: then the answer has no Observe option
   */
  synchronized Optional<Observation> register(String name, Ask ask, Request request) {
    Observer observer = Observer.of(request);
    Target target = Target.of(name, ask);
    int number = -1;
    for (Observation other : List.copyOf(of(ask.node()))) {
      boolean isSame = other.observer.isSame(observer);
      if (isSame || other.target.equals(target)) {
        number = isSame ? other.number : number;
        end(other, "replaced");
      }
    }
    Observation observation = new Observation(target, observer, number, clock.millis());
    observation.isBusy = true;
    if (!target.isSmall() || !list(observation)) {
      refused++;
      return Optional.empty();
    }
    return Optional.of(observation);
  }

  private List<Observation> of(String node) {
    return byNode.getOrDefault(node, List.of());
  }

  private boolean list(Observation observation) {
    boolean isPlain = observation.observer.way() == Observer.Way.PLAIN;
    List<Observation> own = of(observation.target.node());
    if (isStopped
        || count >= MOST
        || isPlain && countPlain >= MOST / 2
        || own.size() >= MOST_OF_NODE) {
      return false;
    }
    byNode.computeIfAbsent(observation.target.node(), n -> new ArrayList<>(1)).add(observation);
    count++;
    countPlain += isPlain ? 1 : 0;
    return true;
  }

  /**
   * What an observation begins with: its response has a number, if it has content; else it does not
   * begin. Once it is on its way, {@link #begun} follows.
   */
  synchronized void begin(Observation observation, Answer answer, Response response) {
    if (answer.code() == Answer.Code.CONTENT && !observation.hasEnded) {
      response.getOptions().setObserve(observation.next(clock.millis()));
    } else {
      end(observation, "not begun");
    }
  }

  /** What changed since the resource was asked is told now. */
  synchronized void begun(Observation observation) {
    done(observation);
  }

  /** A GET with Observe 1, of the end and with the token of an observation. */
  synchronized void deregister(String node, Request request) {
    Observer observer = Observer.of(request);
    for (Observation other : List.copyOf(of(node))) {
      if (other.observer.isSame(observer)) {
        end(other, "cancelled by the node");
      }
    }
  }

  private synchronized void end(Observation observation, String why) {
    if (observation.hasEnded || isStopped) {
      return;
    }
    observation.hasEnded = true;
    ended.merge(why, 1L, Long::sum);
    String node = observation.target.node();
    List<Observation> own = byNode.get(node);
    own.remove(observation);
    count--;
    countPlain -= observation.observer.way() == Observer.Way.PLAIN ? 1 : 0;
    if (own.isEmpty()) {
      byNode.remove(node);
    }
  }

  /** A node under DTLS has spoken from where it is now. */
  synchronized void moved(String node, String identity, InetSocketAddress address) {
    for (Observation one : of(node)) {
      if (one.observer.way() == Observer.Way.DTLS
          && one.observer.identity().equals(Optional.of(identity))) {
        one.observer = one.observer.at(address);
      }
    }
  }

  // ------------------------------------------------------------ what is sent

  /** What a node sees of a resource has changed. */
  synchronized void changed(String name, String node) {
    of(node).stream().filter(o -> o.target.name().equals(name)).forEach(o -> queue(o, 0));
  }

  /** Somebody else serves a name now: what changed in between nobody said. */
  synchronized void changed(String name) {
    pace(o -> o.target.name().equals(name));
  }

  /** Asks some a second after the others, so that not all are sent something at once. */
  private void pace(Predicate<Observation> which) {
    int turn = 0;
    for (List<Observation> own : byNode.values()) {
      for (Observation one : own) {
        if (which.test(one)) {
          queue(one, turn++ / AT_ONCE * PACE_MILLIS);
        }
      }
    }
  }

  private synchronized void queue(Observation observation, long millis) {
    if (isStopped || observation.hasEnded) {
      return;
    }
    if (observation.isBusy) {
      observation.isStale = true;
      return;
    }
    try {
      if (observation.turn.filter(t -> t.getDelay(TimeUnit.MILLISECONDS) <= millis).isEmpty()) {
        observation.turn.ifPresent(t -> t.cancel(false));
        observation.turn =
            Optional.of(timer.schedule(() -> tell(observation), millis, TimeUnit.MILLISECONDS));
      }
    } catch (RejectedExecutionException closed) {
      observation.turn = Optional.empty();
    }
  }

  private void tell(Observation observation) {
    Observer observer;
    synchronized (this) {
      observation.turn = Optional.empty();
      if (isStopped || observation.hasEnded) {
        return;
      }
      if (observation.isBusy) {
        observation.isStale = true;
        return;
      }
      observation.isBusy = true;
      observer = observation.observer;
    }
    Optional<Refusal> refusal = refusal(observation.target, observer);
    if (refusal.isPresent()) {
      refused(observation, refusal.get());
    } else {
      Target target = observation.target;
      asking
          .ask(target.name(), target.ask(observer.way().ingress()))
          .thenAccept(answer -> told(observation, answer));
    }
  }

  private Optional<Refusal> refusal(Target target, Observer observer) {
    try {
      admission.recheck(target.node(), observer.identity(), observer.way().ingress());
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal);
    }
  }

  private void refused(Observation observation, Refusal refusal) {
    if (refusal.answer().getCode() == ResponseCode.SERVICE_UNAVAILABLE) {
      later(observation);
    } else {
      end(observation, "not admitted any more");
    }
  }

  private void told(Observation observation, Answer answer) {
    if (answer.code() == Answer.Code.UNAVAILABLE) {
      later(observation);
      return;
    }
    Response response = Translation.response(answer);
    Observer observer;
    synchronized (this) {
      if (isStopped || observation.hasEnded) {
        return;
      }
      observation.answered();
      if (answer.etag().length > 0 && Arrays.equals(answer.etag(), observation.confirmed)) {
        done(observation);
        return;
      }
      observation.doubt();
      observer = observation.observer;
      if (answer.code() == Answer.Code.CONTENT) {
        response.getOptions().setObserve(observation.next(clock.millis()));
      } else {
        end(observation, "ended by the resource"); // RFC 7641, 4.2: and the node is told
      }
      sent++;
    }
    send(observation, observer, response, answer.etag());
  }

  private void send(Observation observation, Observer observer, Response response, byte[] etag) {
    // again, since the resource may have taken its time
    Optional<Refusal> refusal = refusal(observation.target, observer);
    if (refusal.isPresent()) {
      refused(observation, refusal.get());
      return;
    }
    Optional<EndpointContext> towards = notices.towards(observer);
    if (towards.isEmpty()) {
      end(observation, "its key is gone");
      return;
    }
    notices.send(
        observer,
        observation.target,
        towards.get(),
        response,
        new Notices.Fate() {
          @Override
          public void acknowledged() {
            confirm(observation, etag);
          }

          @Override
          public void failed(String why) {
            end(observation, why);
          }
        });
  }

  private synchronized void confirm(Observation observation, byte[] etag) {
    observation.confirmed = etag;
    observation.heardMillis = clock.millis();
    done(observation);
  }

  private synchronized void done(Observation observation) {
    observation.isBusy = false;
    if (observation.isStale) {
      observation.isStale = false;
      queue(observation, 0);
    }
  }

  private synchronized void later(Observation observation) {
    observation.isBusy = false;
    observation.isStale = false;
    queue(observation, TimeUnit.SECONDS.toMillis(observation.nextWaitSeconds()));
  }

  /** RFC 7641, 4.5: a node shows at least once a day that it still listens. */
  synchronized void sweep() {
    long now = clock.millis();
    pace(
        o -> {
          boolean isSilent = now - o.heardMillis >= SILENT_MILLIS;
          if (isSilent) {
            o.doubt();
          }
          return isSilent;
        });
  }

  // ------------------------------------------------------------ handing over

  /** Goes on with what a predecessor saved, or as much of it as can be; nothing is sent yet. */
  synchronized void restore(Collection<Observation> saved) {
    for (Observation one : saved) {
      one.heardMillis = Math.min(one.heardMillis, clock.millis());
      if (notices.towards(one.observer).isEmpty() || !list(one)) {
        ended.merge("not taken over", 1L, Long::sum);
      }
    }
  }

  /** Each node is told what it may have missed. */
  synchronized void resume() {
    pace(o -> true);
  }

  /** Stops, and gives what a successor goes on with. */
  synchronized List<Observation> stop() {
    isStopped = true;
    return byNode.values().stream().flatMap(List::stream).filter(o -> o.number >= 0).toList();
  }

  /** How many there are, and what became of the others. */
  synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("now", count);
    status.put("notifications", sent);
    status.put("refused", refused);
    status.put("ended", new TreeMap<>(ended));
    return status;
  }
}
