package io.bellgate.ops.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * Judges whether a bundle can serve: every component is satisfied, and every service it declares to
 * need (a non-optional {@code osgi.service} requirement, {@code effective:=active}) is there.
 */
final class Needs {
  private final BundleContext system;

  Needs(BundleContext system) {
    this.system = system;
  }

  /** What a bundle lacks, in words; empty if it can serve. */
  List<String> lacking(Bundle bundle, ServiceComponentRuntime components) {
    List<String> lacking = new ArrayList<>();
    if (bundle.getState() != Bundle.ACTIVE) {
      lacking.add(
          "bundle " + bundle.getSymbolicName() + " " + bundle.getVersion() + " is not active");
      return lacking;
    }
    List<ComponentDescriptionDTO> enabled =
        components.getComponentDescriptionDTOs(bundle).stream()
            .filter(d -> d.defaultEnabled)
            .toList();
    boolean configured = enabled.stream().anyMatch(d -> needy(d) && !idle(d, components));
    for (ComponentDescriptionDTO description : enabled) {
      if (!(configured && needy(description) && idle(description, components))) {
        lacking.addAll(lacking(description, components));
      }
    }
    declared(bundle)
        .filter(filter -> !provided(filter))
        .forEach(filter -> lacking.add(bundle.getSymbolicName() + " needs " + filter));
    return lacking;
  }

  /** Of components of one bundle that need a configuration, one that has it is enough. */
  private static boolean needy(ComponentDescriptionDTO description) {
    return "require".equals(description.configurationPolicy);
  }

  private static boolean idle(
      ComponentDescriptionDTO description, ServiceComponentRuntime components) {
    return components.getComponentConfigurationDTOs(description).isEmpty();
  }

  private static List<String> lacking(
      ComponentDescriptionDTO description, ServiceComponentRuntime components) {
    List<String> lacking = new ArrayList<>();
    List<ComponentConfigurationDTO> configurations =
        List.copyOf(components.getComponentConfigurationDTOs(description));
    if (configurations.isEmpty()) {
      lacking.add(
          "component "
              + description.name
              + " has no configuration: pid="
              + String.join(",", description.configurationPid));
    }
    for (ComponentConfigurationDTO configuration : configurations) {
      if (configuration.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
        lacking.add(
            "component "
                + description.name
                + " failed to start: "
                + firstLine(configuration.failure));
      }
      for (var reference : configuration.unsatisfiedReferences) {
        lacking.add(
            "component "
                + description.name
                + " misses reference "
                + reference.name
                + " "
                + (reference.target == null ? "" : reference.target));
      }
      if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
        lacking.add("component " + description.name + " misses its configuration");
      }
    }
    return lacking;
  }

  /** The message of a failure as the component runtime reports it: the last cause says most. */
  private static String firstLine(String failure) {
    if (failure == null) {
      return "no reason given";
    }
    List<String> causes = failure.lines().filter(l -> l.startsWith("Caused by: ")).toList();
    return causes.isEmpty()
        ? failure.lines().findFirst().orElse("")
        : causes.get(causes.size() - 1).substring(11);
  }

  static Stream<String> declared(Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    return revision == null
        ? Stream.empty()
        : revision.getDeclaredRequirements("osgi.service").stream()
            .filter(Needs::mandatory)
            .map(r -> r.getDirectives().get("filter"));
  }

  private static boolean mandatory(BundleRequirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    return "active".equals(directives.get("effective"))
        && !"optional".equals(directives.get("resolution"));
  }

  private boolean provided(String filter) {
    try {
      return system.getAllServiceReferences(null, filter) != null;
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }
}
