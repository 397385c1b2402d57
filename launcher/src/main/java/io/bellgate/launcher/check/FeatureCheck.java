package io.bellgate.launcher.check;

import io.bellgate.launcher.config.ConfigurationCheck;
import io.bellgate.launcher.config.Effective;
import io.bellgate.launcher.config.Layer;
import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.folder.DurableFile;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import io.bellgate.launcher.runtime.OsgiRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * Tells before a start what would not work. The bundles are installed in a framework that is
 * prepared but not started: its own resolver judges packages and capabilities, no code of a bundle
 * runs. Then the declared services and the needed configurations are judged.
 */
public final class FeatureCheck {
  private final Map<Bundle, Composition.Part> parts = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private FeatureCheck() {}

  /** All findings about a composition; no failed finding means that it can start. */
  public static List<Finding> check(Composition composition) {
    try {
      Path storage = Files.createTempDirectory("bellgate-check");
      try (OsgiRuntime runtime = OsgiRuntime.prepare(storage, composition.framework())) {
        return new FeatureCheck().run(runtime, composition);
      } finally {
        DurableFile.deleteTree(storage);
      }
    } catch (IOException | BundleException e) {
      throw Refusal.failed(
          "BG-FEATURE-029", "", "the check itself failed: " + e, "bellgate doctor");
    }
  }

  private List<Finding> run(OsgiRuntime runtime, Composition composition) throws BundleException {
    List<Bundle> bundles = install(runtime, composition);
    findings.addAll(new WiringCheck(runtime.context(), parts).check(bundles));
    findings.addAll(new ServiceCheck(runtime.context(), parts).check(bundles));
    ConfigurationCheck configuration = new ConfigurationCheck(composition.jars());
    Layer layer =
        Layer.of("feature", composition.configurations(), JsonText.object(composition.framework()));
    findings.addAll(configuration.check(layer));
    findings.addAll(configuration.missing(Effective.of(List.of(layer))));
    return List.copyOf(findings);
  }

  private List<Bundle> install(OsgiRuntime runtime, Composition composition) {
    List<Bundle> out = new ArrayList<>();
    for (Composition.Part part : composition.bundles()) {
      try {
        OsgiRuntime.Install install = new OsgiRuntime.Install(part.jar().file(), part.startOrder());
        Bundle bundle = runtime.install(List.of(install)).get(0);
        parts.put(bundle, part);
        out.add(bundle);
      } catch (BundleException e) {
        findings.add(
            Finding.fail(
                "BG-FEATURE-023",
                part.feature(),
                "the framework refuses a bundle: bundle="
                    + part.title()
                    + " reason="
                    + e.getMessage(),
                "correct its manifest"));
      }
    }
    return out;
  }
}
