package io.bellgate.coap.node.served;

import io.bellgate.api.node.Observations;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Unanswered;
import io.bellgate.oscore.Contexts;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.eclipse.californium.core.server.resources.Resource;

/** All that bundles serve to nodes through one endpoint, and who observes it there. */
public final class Served implements Observations {
  private static final System.Logger LOG = System.getLogger(Served.class.getName());

  private final NodeResources resources;
  private final Admission admission;
  private final Unanswered unanswered;
  private final Asking asking;
  private final Observing observing;
  private final Consumer<Resource> root;
  private final Set<String> mounted = ConcurrentHashMap.newKeySet();

  /**
   * Where an endpoint sends and receives.
   *
   * @param plain without DTLS
   * @param secure with DTLS
   * @param contexts of OSCORE
   * @param root where resources are added
   * @param timer its executor
   */
  public record Server(
      Outlet plain,
      Optional<Outlet> secure,
      Optional<? extends Contexts> contexts,
      Consumer<Resource> root,
      ScheduledExecutorService timer) {}

  /**
   * Serves; nothing is sent before {@link #begin}.
   *
   * @param unanswered counts requests
   * @param saved what a predecessor's {@link #stop} gave; empty for nothing. What cannot be read is
   *     logged and dropped
   */
  public Served(
      NodeResources resources,
      Admission admission,
      Unanswered unanswered,
      Server server,
      InstantSource clock,
      byte[] saved) {
    this.resources = resources;
    this.admission = admission;
    this.unanswered = unanswered;
    this.root = server.root();
    asking = new Asking(resources, server.timer());
    Notices notices =
        new Notices(server.plain(), server.secure(), server.contexts(), server.timer());
    observing = new Observing(asking, admission, notices, clock, server.timer());
    server.secure().ifPresent(o -> o.endpoint().addInterceptor(new Whereabouts(observing)));
    restore(saved);
    resources.listen(this::serve);
    resources.names().forEach(this::mount);
  }

  private void restore(byte[] saved) {
    if (saved.length > 0) {
      try {
        Saved.Found found = Saved.read(saved);
        found.all().forEach(o -> resources.expect(o.target.name()));
        observing.restore(found);
        if (found.unreadable() > 0) {
          LOG.log(
              Level.WARNING,
              "observations that cannot be read are dropped: {0}",
              found.unreadable());
        }
      } catch (IllegalArgumentException unreadable) {
        LOG.log(Level.WARNING, "observations of nodes are dropped: {0}", unreadable.getMessage());
      }
    }
  }

  private void serve(String name) {
    mount(name);
    observing.changed(name);
  }

  private void mount(String name) {
    if (mounted.add(name)) {
      root.accept(new ServedResource(name, resources, admission, unanswered, asking, observing));
    }
  }

  /** The endpoint has started: who observes is told what it may have missed. */
  public void begin() {
    observing.resume();
  }

  /** Asks nodes that were silent for a day whether they still listen; call it now and then. */
  public void sweep() {
    observing.sweep();
  }

  @Override
  public void changed(String name, String node) {
    observing.changed(name, node);
  }

  /**
   * Stops to tell anybody.
   *
   * @return who observes, for whoever goes on; not secret
   */
  public byte[] stop() {
    resources.listen(name -> {});
    return Saved.write(observing.stop());
  }

  /** Who observes, for after a crash; not secret. */
  public byte[] save() {
    return observing.save();
  }

  /** What is served, and how many observe. */
  public Map<String, Object> status() {
    return Map.of("resources", List.copyOf(mounted), "observations", observing.status());
  }
}
