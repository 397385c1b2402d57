package io.bellgate.launcher.check;

import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.runtime.Requirements;
import io.bellgate.launcher.runtime.RuntimeServices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Second pass: every service that a bundle needs to serve is declared by some bundle, by the
 * framework or by the launcher, and these needs form no circle.
 */
final class ServiceCheck {
  private final Map<Bundle, Composition.Part> parts;
  private final List<Map<String, Object>> offered = new ArrayList<>();
  private final Map<Bundle, List<Map<String, Object>>> declared = new HashMap<>();
  private final Map<String, Set<String>> needs = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  ServiceCheck(BundleContext context, Map<Bundle, Composition.Part> parts) {
    this.parts = parts;
    RuntimeServices.offered().forEach(properties -> offered.add(map(properties)));
    try {
      for (ServiceReference<?> reference : context.getAllServiceReferences(null, null)) {
        offered.add(map(reference.getProperties()));
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  List<Finding> check(List<Bundle> bundles) {
    for (Bundle bundle : bundles) {
      List<Map<String, Object>> services =
          revision(bundle).getDeclaredCapabilities("osgi.service").stream()
              .map(capability -> capability.getAttributes())
              .toList();
      declared.put(bundle, services);
    }
    for (Bundle bundle : bundles) {
      for (BundleRequirement need : revision(bundle).getDeclaredRequirements("osgi.service")) {
        if (Requirements.isNeeded(need.getDirectives())) {
          check(bundle, need.getDirectives().getOrDefault("filter", "(objectClass=*)"));
        }
      }
    }
    circles();
    return findings;
  }

  private void check(Bundle bundle, String text) {
    try {
      Filter filter = FrameworkUtil.createFilter(text);
      if (offered.stream().anyMatch(filter::matches)) {
        return;
      }
      Set<String> providers =
          declared.entrySet().stream()
              .filter(entry -> entry.getValue().stream().anyMatch(filter::matches))
              .map(entry -> entry.getKey().getSymbolicName())
              .collect(Collectors.toSet());
      if (providers.isEmpty()) {
        fail(
            "BG-FEATURE-024",
            bundle,
            "no bundle provides a service that a bundle needs to serve: bundle="
                + title(bundle)
                + " service="
                + text,
            "add a feature whose bundle provides it");
      }
      if (!providers.contains(bundle.getSymbolicName())) {
        needs
            .computeIfAbsent(bundle.getSymbolicName(), name -> new LinkedHashSet<>())
            .addAll(providers);
      }
    } catch (InvalidSyntaxException e) {
      fail(
          "BG-FEATURE-025",
          bundle,
          "a requirement has no valid filter: bundle=" + title(bundle) + " filter=" + text,
          "correct its manifest");
    }
  }

  private void circles() {
    Set<String> done = new HashSet<>();
    for (String name : needs.keySet()) {
      walk(name, new ArrayList<>(), done);
    }
  }

  private void walk(String name, List<String> path, Set<String> done) {
    if (path.contains(name)) {
      List<String> circle = new ArrayList<>(path.subList(path.indexOf(name), path.size()));
      circle.add(name);
      findings.add(
          Finding.fail(
              "BG-FEATURE-026",
              name,
              "bundles need each other's services in a circle: " + String.join(" -> ", circle),
              "make one of these requirements optional"));
      return;
    }
    if (!done.add(name)) {
      return;
    }
    path.add(name);
    needs.getOrDefault(name, Set.of()).forEach(next -> walk(next, path, done));
    path.remove(path.size() - 1);
  }

  private static Map<String, Object> map(Dictionary<String, Object> properties) {
    Map<String, Object> out = new HashMap<>();
    Collections.list(properties.keys()).forEach(key -> out.put(key, properties.get(key)));
    return out;
  }

  private static BundleRevision revision(Bundle bundle) {
    return bundle.adapt(BundleRevision.class);
  }

  private static String title(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }

  private void fail(String code, Bundle bundle, String message, String next) {
    findings.add(Finding.fail(code, "feature " + parts.get(bundle).feature(), message, next));
  }
}
