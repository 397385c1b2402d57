package io.bellgate.launcher.check;

import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.report.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** First pass: what the framework's resolver cannot wire, with the reason by name. */
final class WiringCheck {
  private static final Pattern PACKAGE = Pattern.compile("\\(osgi\\.wiring\\.package=([^)]*)\\)");

  private final FrameworkWiring wiring;
  private final Map<Bundle, Composition.Part> parts;
  private final List<Finding> findings = new ArrayList<>();

  WiringCheck(BundleContext context, Map<Bundle, Composition.Part> parts) {
    this.wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    this.parts = parts;
  }

  List<Finding> check(List<Bundle> bundles) {
    if (!wiring.resolveBundles(bundles)) {
      bundles.stream()
          .filter(bundle -> bundle.getState() == Bundle.INSTALLED)
          .forEach(this::explain);
    }
    return findings;
  }

  private void explain(Bundle bundle) {
    int before = findings.size();
    for (BundleRequirement requirement :
        bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
      if (isMandatory(requirement)) {
        explain(bundle, requirement);
      }
    }
    if (findings.size() == before) {
      fail(
          "BG-FEATURE-022",
          bundle,
          "a bundle does not resolve though all it needs is there, for its packages would come"
              + " from two places: bundle="
              + title(bundle)
              + " reason="
              + reason(bundle),
          "use one version of the package in all bundles");
    }
  }

  private void explain(Bundle bundle, BundleRequirement requirement) {
    Collection<BundleCapability> providers = wiring.findProviders(requirement);
    if (providers.isEmpty()) {
      fail(
          "BG-FEATURE-020",
          bundle,
          "nothing provides what a bundle needs: bundle="
              + title(bundle)
              + " missing="
              + describe(requirement),
          "add a feature or bundle that provides it");
      return;
    }
    boolean hopeless =
        providers.stream()
            .allMatch(
                provider ->
                    provider.getRevision().getBundle().getState() == Bundle.INSTALLED
                        && provider.getRevision().getBundle() != bundle);
    if (hopeless) {
      fail(
          "BG-FEATURE-021",
          bundle,
          "a bundle needs another that does not resolve: bundle="
              + title(bundle)
              + " needs="
              + describe(requirement)
              + " of="
              + providers.stream()
                  .map(p -> title(p.getRevision().getBundle()))
                  .distinct()
                  .collect(Collectors.joining(", ")),
          "see that bundle's finding");
    }
  }

  private static boolean isMandatory(BundleRequirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    return !"optional".equals(directives.get("resolution"))
        && !"dynamic".equals(directives.get("resolution"))
        && directives.getOrDefault("effective", "resolve").equals("resolve");
  }

  /** A package and its versions, or a namespace and its filter. */
  private static String describe(BundleRequirement requirement) {
    String filter = requirement.getDirectives().getOrDefault("filter", "");
    Matcher name = PACKAGE.matcher(filter);
    return name.find()
        ? "package " + name.group(1) + " " + filter
        : requirement.getNamespace() + " " + filter;
  }

  /** The framework's own words, which only a failed class loading gives. */
  private static String reason(Bundle bundle) {
    try {
      bundle.loadClass("none.None");
      return "unknown";
    } catch (ClassNotFoundException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return String.valueOf(cause.getMessage()).lines().findFirst().orElse("unknown");
    }
  }

  private String title(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }

  private void fail(String code, Bundle bundle, String message, String next) {
    findings.add(Finding.fail(code, "feature " + parts.get(bundle).feature(), message, next));
  }
}
