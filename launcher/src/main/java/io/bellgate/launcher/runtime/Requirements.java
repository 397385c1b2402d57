package io.bellgate.launcher.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * What the bundles of a framework say they need to serve: every non-optional {@code osgi.service}
 * requirement with {@code effective:=active}, matched against the services that exist now.
 */
public final class Requirements {
  private final BundleContext context;

  public Requirements(BundleContext context) {
    this.context = context;
  }

  /** What is missing, one line each; empty means that every component can serve. */
  public List<String> unbound() {
    List<String> out = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      BundleRevision revision = bundle.adapt(BundleRevision.class);
      if (revision == null || (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0) {
        continue;
      }
      if (bundle.getState() != Bundle.ACTIVE && !isLazy(bundle)) {
        out.add(bundle.getSymbolicName() + " is not active");
      }
      for (BundleRequirement requirement : revision.getDeclaredRequirements("osgi.service")) {
        if (isNeeded(requirement.getDirectives()) && !isBound(requirement)) {
          out.add(
              bundle.getSymbolicName()
                  + " needs a service that is not there: "
                  + filter(requirement));
        }
      }
    }
    return out;
  }

  private static boolean isLazy(Bundle bundle) {
    return bundle.getState() == Bundle.STARTING
        && bundle.getHeaders("").get("Bundle-ActivationPolicy") != null;
  }

  /** Whether the directives make a requirement one that is judged. */
  public static boolean isNeeded(Map<String, String> directives) {
    return "active".equals(directives.get("effective"))
        && !"optional".equals(directives.get("resolution"));
  }

  private boolean isBound(BundleRequirement requirement) {
    try {
      return context.getAllServiceReferences(null, filter(requirement)) != null;
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }

  private static String filter(BundleRequirement requirement) {
    return requirement.getDirectives().getOrDefault("filter", "(objectClass=*)");
  }
}
