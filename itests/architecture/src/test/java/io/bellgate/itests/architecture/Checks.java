package io.bellgate.itests.architecture;

import static io.bellgate.itests.architecture.Unit.OURS;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/**
 * The rules, each a function from built jars to findings. A finding says what is wrong and where;
 * no finding means that the rule is kept.
 */
final class Checks {
  static final String API = "io.bellgate.api";

  /** What a component can serve without: its absence is an ordinary state, not a fault. */
  private static final Set<String> TRULY_OPTIONAL = Set.of("io.bellgate.api.ops.Depot");

  /** The same for the components of one bundle: it and what it can serve without. */
  private static final Map<String, Set<String>> OPTIONAL_FOR =
      Map.of(
          "coap.commands",
          Set.of("io.bellgate.api.message.Intake", "io.bellgate.api.node.Observations"),
          "coap.readings",
          Set.of("io.bellgate.api.node.Observations"),
          "coap.node",
          Set.of("io.bellgate.api.keys.KeyPool", "io.bellgate.api.crypto.AlgorithmRegistry"));

  /** Sources in {@code bundles/shared}, compiled into each bundle that wants them. */
  private static final Set<String> SHARED =
      Set.of(
          "io.bellgate.files",
          "io.bellgate.journal",
          "io.bellgate.nodekeys",
          "io.bellgate.nodeline",
          "io.bellgate.oscore");

  private static final Set<String> BANNED_FIRST = Set.of("Default", "Abstract", "Base");
  private static final Set<String> BANNED_LAST =
      Set.of("Impl", "Manager", "Helper", "Util", "Utils", "Processor", "Data", "Info");
  private static final Set<String> BANNED_PACKAGES =
      Set.of("util", "utils", "common", "core", "internal", "impl");

  private Checks() {}

  /** A bundle of ours imports {@code api} and libraries, never another bundle of ours. */
  static List<String> importsOnlyApi(List<Unit> bundles) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : bundles) {
      for (String imported : unit.header("Import-Package").keySet()) {
        if (imported.startsWith(OURS) && !isApi(imported)) {
          findings.add(unit.name() + " imports " + imported);
        }
      }
      for (String header : List.of("Require-Bundle", "DynamicImport-Package", "Fragment-Host")) {
        if (!unit.header(header).isEmpty()) {
          findings.add(unit.name() + " has the header " + header);
        }
      }
    }
    return findings;
  }

  private static boolean isApi(String name) {
    return name.equals(API) || name.startsWith(API + ".");
  }

  /** Providers export nothing: updating one disturbs nobody. */
  static List<String> exportNothing(List<Unit> bundles) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : bundles) {
      if (!unit.symbolicName().equals(API)) {
        unit.header("Export-Package")
            .keySet()
            .forEach(p -> findings.add(unit.name() + " exports " + p));
      }
    }
    return findings;
  }

  /** Annotations only: no activator; and third-party classes stay in bundles of their own. */
  static List<String> holdOnlyTheirOwn(List<Unit> bundles) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : bundles) {
      if (unit.manifest().getValue("Bundle-Activator") != null) {
        findings.add(unit.name() + " has an activator");
      }
      for (String entry : unit.entries()) {
        if (entry.endsWith(".jar")
            || entry.endsWith(".class") && !entry.startsWith("io/bellgate/")) {
          findings.add(unit.name() + " holds " + entry);
        }
      }
    }
    return findings;
  }

  /** One name everywhere: folder, symbolic name, root package; shared sources keep theirs. */
  static List<String> haveOneName(List<Unit> bundles) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : bundles) {
      String wanted = OURS + unit.name();
      if (!unit.symbolicName().equals(wanted)) {
        findings.add(unit.name() + " has the symbolic name " + unit.symbolicName());
      }
      for (String name : unit.packageArrows().keySet()) {
        if (!name.equals(wanted) && !name.startsWith(wanted + ".") && !SHARED.contains(name)) {
          findings.add(unit.name() + " holds the package " + name);
        }
      }
    }
    return findings;
  }

  /** Packages form no cycle. */
  static List<String> packagesFormNoCycle(List<Unit> units) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : units) {
      Cycle.in(unit.packageArrows()).forEach(c -> findings.add(unit.name() + ": " + c));
    }
    return findings;
  }

  /** Names say what a thing is. */
  static List<String> bannedNames(List<Unit> units) throws IOException {
    Set<String> findings = new TreeSet<>();
    for (Unit unit : units) {
      for (JavaClass type : unit.classes()) {
        if (!type.getPackageName().startsWith(OURS)) {
          continue;
        }
        List<String> words = List.of(type.getSimpleName().split("(?<=[a-z0-9])(?=[A-Z])"));
        if (BANNED_FIRST.contains(words.get(0)) && words.size() > 1
            || BANNED_LAST.contains(words.get(words.size() - 1))) {
          findings.add("class " + type.getName());
        }
        for (String part : type.getPackageName().split("\\.")) {
          if (BANNED_PACKAGES.contains(part)) {
            findings.add("package " + type.getPackageName());
          }
        }
      }
      for (String part : unit.name().split("\\.")) {
        if (BANNED_PACKAGES.contains(part)) {
          findings.add("folder " + unit.name());
        }
      }
    }
    return List.copyOf(findings);
  }

  /** What bundles say they need to serve forms no circle: there is an order to start in. */
  static List<String> needsFormNoCycle(List<Unit> bundles) throws IOException {
    Map<String, Collection<String>> arrows = new TreeMap<>();
    for (Unit unit : bundles) {
      Collection<String> targets = arrows.computeIfAbsent(unit.name(), n -> new TreeSet<>());
      for (String filter : unit.needs()) {
        for (Unit provider : bundles) {
          if (!provider.equals(unit) && offers(provider, filter)) {
            targets.add(provider.name());
          }
        }
      }
    }
    return Cycle.in(arrows);
  }

  private static boolean offers(Unit provider, String filter) throws IOException {
    try {
      String[] types = provider.provides().toArray(String[]::new);
      return FrameworkUtil.createFilter(filter).matches(Map.of("objectClass", types));
    } catch (InvalidSyntaxException e) {
      throw new IOException(filter, e);
    }
  }

  /**
   * A reference to a service of another bundle of ours is optional and dynamic: a swap of that
   * bundle takes nobody down.
   */
  static List<String> swappableReferencesAreOptionalAndDynamic(List<Unit> bundles)
      throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : bundles) {
      for (Unit.Reference reference : foreign(unit).toList()) {
        if (reference.mandatory() || !reference.dynamic()) {
          findings.add(
              reference.component()
                  + " refers to "
                  + reference.type()
                  + (reference.mandatory() ? " mandatory" : "")
                  + (reference.dynamic() ? "" : " static"));
        }
      }
    }
    return findings;
  }

  /**
   * A component with an optional reference to one service of another bundle of ours declares the
   * need, unless it can serve without.
   */
  static List<String> needsAreDeclared(List<Unit> bundles) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : bundles) {
      Collection<String> needs = unit.needs();
      for (Unit.Reference reference : foreign(unit).toList()) {
        if (!reference.several()
            && !TRULY_OPTIONAL.contains(reference.type())
            && !OPTIONAL_FOR.getOrDefault(unit.name(), Set.of()).contains(reference.type())
            && needs.stream().noneMatch(f -> f.contains("objectClass=" + reference.type() + ")"))) {
          findings.add(
              reference.component() + " does not declare that it needs " + reference.type());
        }
      }
    }
    return findings;
  }

  private static Stream<Unit.Reference> foreign(Unit unit) throws IOException {
    Collection<String> own = unit.provides();
    return unit.references().stream()
        .filter(r -> r.type().startsWith(OURS) && (isApi(r.type()) || !own.contains(r.type())))
        .filter(r -> !onlyOwn(unit, r));
  }

  /** Types outside the contracts can only come from the bundle itself. */
  private static boolean onlyOwn(Unit unit, Unit.Reference reference) {
    return reference.type().startsWith(OURS + unit.name() + ".");
  }

  /** Arrows between packages of ours that the documentation does not list. */
  static List<String> undocumentedArrows(List<Unit> units, Map<String, Set<String>> documented)
      throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : units) {
      unit.packageArrows()
          .forEach(
              (from, targets) -> {
                for (String to : targets) {
                  if (!documented.getOrDefault(from, Set.of()).contains(to)) {
                    findings.add(from + " -> " + to);
                  }
                }
              });
    }
    return findings;
  }

  /** Entries carry the build's fixed time, the manifest nothing of who built it and when. */
  static List<String> notReproducible(List<Unit> units, java.time.LocalDateTime built)
      throws IOException {
    List<String> findings = new ArrayList<>();
    for (Unit unit : units) {
      for (String header : List.of("Bnd-LastModified", "Built-By", "Build-Jdk", "Tool")) {
        if (unit.manifest().getValue(header) != null) {
          findings.add(unit.name() + " has the header " + header);
        }
      }
      String creator = String.valueOf(unit.manifest().getValue("Created-By"));
      if (Arrays.asList(System.getProperty("java.version"), System.getProperty("user.name"))
          .stream()
          .anyMatch(creator::contains)) {
        findings.add(unit.name() + " was created by " + creator);
      }
      try (var file = new java.util.jar.JarFile(unit.jar().toFile())) {
        file.stream()
            .filter(e -> !e.getTimeLocal().equals(built))
            .limit(1)
            .forEach(e -> findings.add(unit.name() + " " + e.getName() + " " + e.getTimeLocal()));
      }
    }
    return findings;
  }
}
