package io.bellgate.ops.upgrade;

import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.StatusSource;
import jakarta.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/**
 * The command {@code doctor} inside a gateway: what is not bound and why, and the problems that
 * bundles report of themselves.
 */
@Component(property = Command.NAME + "=doctor")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=doctor",
      "summary=\"Say what is wrong and what to do next\"",
      "feature=gateway"
    })
public final class DoctorCommand implements Command {
  private static final String HELP =
      """
      usage: bellgate doctor [--json] --site SITE

      Says what the running gateway lacks: bundles that are not active, components with the reference
      that is missing, needed services nobody provides, and problems that bundles report.
      Exit code 1 if there is any.
      """;

  private final BundleContext system;
  private final ServiceComponentRuntime components;
  private final Map<StatusSource, String> sources = new ConcurrentHashMap<>();

  /**
   * Takes what it looks at.
   *
   * @param context for the way to the system bundle
   * @param components the component runtime
   */
  @Activate
  public DoctorCommand(BundleContext context, @Reference ServiceComponentRuntime components) {
    this.system = context.getBundle(0).getBundleContext();
    this.components = components;
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindSource(StatusSource source, Map<String, Object> properties) {
    sources.put(source, String.valueOf(properties.get(StatusSource.SECTION)));
  }

  void unbindSource(StatusSource source) {
    sources.remove(source);
  }

  @Override
  public int run(Call call) {
    if (call.arguments().contains("--help")) {
      call.out().print(HELP);
      return OK;
    }
    List<String> problems = problems();
    if (call.arguments().contains("--json")) {
      call.out().println(Json.createObjectBuilder(Map.of("problems", problems)).build());
    } else {
      problems.forEach(p -> call.out().println("problem: " + p));
      call.out()
          .println(
              problems.isEmpty()
                  ? "the gateway is bound and reports no problems"
                  : problems.size() + " problems");
    }
    return problems.isEmpty() ? OK : FAILED;
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    Needs needs = new Needs(system);
    for (Bundle bundle : system.getBundles()) {
      boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
      if (!fragment && bundle.getBundleId() != 0) {
        problems.addAll(needs.lacking(bundle, components));
      }
    }
    sources.forEach(
        (source, section) -> {
          if (source.status().get("problems") instanceof List<?> reported) {
            reported.forEach(p -> problems.add(section + ": " + p));
          }
        });
    return problems;
  }
}
