package io.bellgate.coap.node.served;

import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Unanswered;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.eclipse.californium.core.server.resources.Resource;

/** All that bundles serve to nodes through one endpoint. */
public final class Served {
  private final NodeResources resources;
  private final Admission admission;
  private final Unanswered unanswered;
  private final Asking asking;
  private final Consumer<Resource> root;
  private final Set<String> mounted = ConcurrentHashMap.newKeySet();

  /**
   * Begins to serve.
   *
   * @param unanswered counts requests
   * @param timer of the endpoint
   * @param root where resources are added
   */
  public Served(
      NodeResources resources,
      Admission admission,
      Unanswered unanswered,
      ScheduledExecutorService timer,
      Consumer<Resource> root) {
    this.resources = resources;
    this.admission = admission;
    this.unanswered = unanswered;
    this.root = root;
    asking = new Asking(resources, timer);
    resources.listen(this::mount);
    resources.names().forEach(this::mount);
  }

  private void mount(String name) {
    if (mounted.add(name)) {
      root.accept(new ServedResource(name, resources, admission, unanswered, asking));
    }
  }

  /** Tells nobody of this endpoint any more. */
  public void stop() {
    resources.listen(name -> {});
  }
}
