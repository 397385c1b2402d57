package io.bellgate.coap.node.served;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Refusal;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.elements.EndpointContext;

/**
 * Tells observers (RFC 7641, section 4): whenever something changed the resource is asked, then one
 * confirmable notification is under way to a node at most (NSTART, RFC 7252, section 4.7); what
 * changes meanwhile is asked once afterwards. What a node is known to have, by its entity tag, is
 * not sent again. Before each notification it is made sure again that the node is admitted.
 *
 * <p>Thread safe: one lock, on this object, not held while a resource is asked or something is
 * sent.
 */
final class Observing {
  private static final System.Logger LOG = System.getLogger(Observing.class.getName());
  private static final int AT_ONCE = 20;
  private static final long PACE_MILLIS = 100;
  private static final long SILENT_MILLIS = TimeUnit.HOURS.toMillis(24);

  private final ObserverList list = new ObserverList();
  private final Asking asking;
  private final Admission admission;
  private final Notices notices;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private long sent;
  private boolean isBegun;
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
    for (Observation other : list.of(ask.node())) {
      boolean isSame = other.observer.isSame(observer);
      if (isSame || other.target.equals(target)) {
        number = isSame ? other.number : number;
        end(other, "replaced");
      }
    }
    Observation observation = new Observation(target, observer, number, clock.millis());
    observation.isBusy = true;
    return !isStopped && list.add(observation) ? Optional.of(observation) : Optional.empty();
  }

  /**
   * What an observation begins with: its response has a number, if it has content; else it does not
   * begin. Once it is on its way, {@link #begun} follows.
   */
  synchronized void begin(Observation observation, Answer answer, Response response) {
    if (answer.code() == Answer.Code.CONTENT && !observation.hasEnded) {
      observation.format = answer.format();
      response.getOptions().setObserve(observation.next(clock.millis()));
    } else {
      end(observation, "not begun");
    }
  }

  /** What changed since the resource was asked is told now. */
  synchronized void begun(Observation observation) {
    release(observation);
  }

  /** The response that was to begin an observation could not be sent. */
  void unsent(Observation observation) {
    end(observation, "not begun");
  }

  /** A GET with Observe 1, of the end and with the token of an observation. */
  synchronized void deregister(String node, Request request) {
    Observer observer = Observer.of(request);
    for (Observation other : list.of(node)) {
      if (other.observer.isSame(observer)) {
        end(other, "cancelled by the node");
      }
    }
  }

  private synchronized void end(Observation observation, String why) {
    if (observation.hasEnded || isStopped) {
      return;
    }
    list.remove(observation, why);
    release(observation);
  }

  /** An end that does not answer: all that it observes ends. */
  private synchronized void endAll(Observation observation, String why) {
    list.of(observation.target.node()).stream()
        .filter(o -> o.observer.isAtSameEnd(observation.observer))
        .forEach(o -> end(o, why));
  }

  /** Whoever has an identity under DTLS is there now. */
  synchronized void moved(String identity, InetSocketAddress address) {
    for (Observation one : list.under(identity)) {
      if (one.observer.way() == Observer.Way.DTLS && !one.observer.address().equals(address)) {
        one.observer = one.observer.at(address);
      }
    }
  }

  // ------------------------------------------------------------ what is sent

  /** What a node sees of a resource has changed. */
  synchronized void changed(String name, String node) {
    list.of(node).stream().filter(o -> o.target.name().equals(name)).forEach(o -> queue(o, 0));
  }

  /** Somebody else serves a name now: what changed in between nobody said. */
  synchronized void changed(String name) {
    pace(o -> o.target.name().equals(name));
  }

  /** Asks some a second after the others, so that not all are sent something at once. */
  private void pace(Predicate<Observation> which) {
    int turn = 0;
    for (Observation one : list.all().filter(which).toList()) {
      queue(one, turn++ / AT_ONCE * PACE_MILLIS);
    }
  }

  private synchronized void queue(Observation observation, long millis) {
    if (!isBegun || isStopped || observation.hasEnded) {
      return; // who has not begun tells all when it does
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
      Target target = observation.target;
      observation.turn = Optional.empty();
      if (isStopped || observation.hasEnded || !asking.isServed(target.name())) {
        return; // whoever serves it next is asked for all
      }
      if (list.of(target.node()).stream().anyMatch(o -> o.isBusy)) {
        observation.isStale = true;
        return;
      }
      list.last(observation);
      observation.isBusy = true;
      observer = observation.observer;
    }
    orLater(observation, () -> ask(observation, observer));
  }

  private void ask(Observation observation, Observer spoke) {
    Target target = observation.target;
    Observer observer = renewed(target, spoke).orElse(spoke);
    synchronized (this) {
      if (observer != spoke && !observation.hasEnded) {
        list.change(observation, observer);
      }
    }
    Optional<Refusal> refusal = refusal(target, observer);
    if (refusal.isPresent()) {
      refused(observation, refusal.get());
    } else {
      asking
          .ask(target.name(), target.ask(observer.way().ingress()))
          .thenAccept(answer -> orLater(observation, () -> told(observation, answer)));
    }
  }

  /**
   * An observer whose key is not accepted any more, under the next key of its node. Under OSCORE
   * alone: under DTLS a response is of the session of its request (RFC 7252, section 9.1.1), so
   * such a node registers again before.
   */
  private Optional<Observer> renewed(Target target, Observer observer) {
    return observer
        .identity()
        .filter(i -> observer.way() == Observer.Way.OSCORE)
        .flatMap(i -> admission.after(target.node(), i))
        .flatMap(i -> notices.under(observer, i));
  }

  /** Nothing that fails leaves an observation busy: nobody of its node would be told again. */
  private void orLater(Observation observation, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error broken) { // a LinkageError while bundles are refreshed
      LOG.log(Level.WARNING, "an observer is told later, since this went wrong", broken);
      later(observation);
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
      Observer observer = observation.observer;
      if (observer.way() == Observer.Way.DTLS) {
        observer.identity().ifPresent(i -> admission.closeIfRetired(i, observer.address()));
      }
    }
  }

  private void told(Observation observation, Answer answer) {
    if (answer.code() == Answer.Code.UNAVAILABLE) {
      later(observation);
      return;
    }
    boolean isContent =
        answer.code() == Answer.Code.CONTENT && answer.format().equals(observation.format);
    Response response =
        answer.code() == Answer.Code.CONTENT && !isContent
            ? new Response(ResponseCode.NOT_ACCEPTABLE) // RFC 7641, section 4.2
            : Translation.response(answer);
    Observer observer;
    synchronized (this) {
      if (isStopped || observation.hasEnded) {
        return;
      }
      observation.answered();
      if (answer.etag().length > 0 && Arrays.equals(answer.etag(), observation.confirmed)) {
        release(observation);
        return;
      }
      observation.doubt();
      observer = observation.observer;
      if (isContent) {
        response.getOptions().setObserve(observation.next(clock.millis()));
      } else {
        end(observation, "ended by the resource"); // RFC 7641, 4.2: and the node is told
      }
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
    synchronized (this) {
      sent++;
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
          public void failed(Why why) {
            lost(observation, observer, why);
          }
        });
  }

  private synchronized void lost(Observation observation, Observer observer, Notices.Fate.Why why) {
    boolean isReset = why == Notices.Fate.Why.RESET;
    if (isReset && observer.way() == Observer.Way.OSCORE && !observation.isDoubted) {
      observation.isDoubted = true; // anybody can write a reset: it counts when it comes again
      release(observation);
      queue(observation, 0);
    } else if (!isReset && !observation.observer.address().equals(observer.address())) {
      release(observation);
      queue(observation, 0); // it has moved meanwhile
    } else if (why == Notices.Fate.Why.SILENT) {
      endAll(observation, why.words());
    } else {
      end(observation, why.words());
    }
  }

  private synchronized void confirm(Observation observation, byte[] etag) {
    observation.isDoubted = false;
    observation.confirmed = etag;
    observation.heardMillis = clock.millis();
    release(observation);
  }

  /** Whoever of the node waited has its turn. */
  private void release(Observation observation) {
    observation.isBusy = false;
    for (Observation other : list.of(observation.target.node())) {
      if (other.isStale && !other.isBusy) {
        other.isStale = false;
        queue(other, 0);
      }
    }
  }

  private synchronized void later(Observation observation) {
    observation.isStale = false;
    release(observation);
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
  synchronized void restore(Saved.Found saved) {
    for (int i = 0; i < saved.unreadable(); i++) {
      list.count("not taken over");
    }
    for (Observation one : saved.all()) {
      one.heardMillis = Math.min(one.heardMillis, clock.millis());
      one.observer = renewed(one.target, one.observer).orElse(one.observer);
      if (notices.towards(one.observer).isEmpty() || !list.takeOver(one)) {
        list.count("not taken over");
      }
    }
  }

  /** The endpoint can send from now on: each node is told what it may have missed. */
  synchronized void resume() {
    isBegun = true;
    pace(o -> true);
  }

  /** Stops, and gives what a successor goes on with. */
  synchronized List<Observation> stop() {
    isStopped = true;
    return list.all().filter(o -> o.number >= 0).toList();
  }

  /** Who observes, for after a crash: what is sent until then is not in it. */
  synchronized byte[] save() {
    return Saved.writeInDoubt(list.all().filter(o -> o.number >= 0).toList());
  }

  /** How many there are, and what became of the others. */
  synchronized Map<String, Object> status() {
    Map<String, Object> status = list.status();
    status.put("notifications", sent);
    return status;
  }
}
