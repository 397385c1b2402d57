package io.bellgate.launcher.generation;

import io.bellgate.launcher.bundle.BundleJar;
import io.bellgate.launcher.folder.Sha256;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.osgi.framework.Version;

/**
 * Generations for the bundle that upgrades: JSON in, JSON out, one request at a time. The requests
 * are listed in {@code docs/features.md}; an error is {@code {"error": code, "message": text}}.
 */
public final class GenerationService implements UnaryOperator<String> {
  private final GenerationFolder folder;
  private final JarStore jars;
  private final Clock clock;
  private final BooleanSupplier healthy;
  private Generation current;
  private Generation staged;

  /**
   * @param current the generation that runs
   * @param healthy whether it is
   */
  public GenerationService(
      GenerationFolder folder,
      JarStore jars,
      Clock clock,
      Generation current,
      BooleanSupplier healthy) {
    this.folder = folder;
    this.jars = jars;
    this.clock = clock;
    this.current = current;
    this.healthy = healthy;
  }

  @Override
  public synchronized String apply(String request) {
    try {
      return answer(JsonDocument.parse("request", request).root()).toString();
    } catch (Refusal e) {
      return error("malformed", e.getMessage()).toString();
    } catch (RequestException e) {
      return error(e.code, e.getMessage()).toString();
    } catch (IOException e) {
      return error("io", e.toString()).toString();
    } catch (RuntimeException e) {
      return error("malformed", e.toString()).toString();
    }
  }

  private JsonObject answer(JsonObject request) throws IOException, RequestException {
    String action = request.getString("do", "");
    return switch (action) {
      case "current" -> describe();
      case "stage" -> {
        requireOwn(request);
        yield stage(
            request.getString("symbolicName"),
            Path.of(request.getString("file")),
            request.getBoolean("beside", false));
      }
      case "drop" -> {
        requireStaged(request.getInt("number"));
        yield drop(request.getString("symbolicName"), request.getString("version"));
      }
      case "commit" -> commit(request.getInt("number"));
      case "discard" -> discard(request.getInt("number"));
      case "history" -> history();
      default ->
          throw new RequestException(
              "unknown",
              "no such request: do="
                  + action
                  + "; known are current, stage, drop, commit, discard, history");
    };
  }

  private JsonObject describe() throws IOException {
    JsonObjectBuilder out =
        Json.createObjectBuilder(current.json())
            .add("healthy", healthy.getAsBoolean())
            .add("starts", folder.starts(current.number()));
    JsonArrayBuilder failed = Json.createArrayBuilder();
    for (int number : folder.numbers()) {
      Optional<String> reason = folder.failure(number);
      if (reason.isPresent()) {
        failed.add(Json.createObjectBuilder().add("number", number).add("reason", reason.get()));
      }
    }
    out.add("failed", failed);
    if (staged != null) {
      out.add("staged", staged.number());
    }
    return out.build();
  }

  private JsonObject stage(String symbolicName, Path file, boolean beside)
      throws IOException, RequestException {
    BundleJar jar = readJar(file);
    if (!jar.symbolicName().equals(symbolicName)) {
      throw new RequestException(
          "wrong-name",
          "the jar is another bundle: expected=" + symbolicName + " found=" + jar.symbolicName());
    }
    Generation base = staged == null ? current : staged;
    String sha256 = Sha256.of(file);
    String location = jars.copy(file, sha256);
    List<Generation.InstalledBundle> named =
        base.bundles().stream().filter(b -> b.symbolicName().equals(symbolicName)).toList();
    if (named.isEmpty() || !beside && named.size() > 1) {
      throw new RequestException(
          "no-such-bundle",
          "the generation has no such bundle, or several: symbolicName="
              + symbolicName
              + " versions="
              + named.stream().map(Generation.InstalledBundle::version).toList()
              + "; a new bundle comes by a feature");
    }
    Generation.InstalledBundle fresh =
        new Generation.InstalledBundle(
            symbolicName, jar.version(), sha256, location, named.get(0).startOrder(), true);
    List<Generation.InstalledBundle> bundles = new ArrayList<>();
    for (Generation.InstalledBundle bundle : base.bundles()) {
      bundles.add(!beside && named.contains(bundle) ? fresh : bundle);
    }
    if (beside) {
      bundles.add(bundles.indexOf(named.get(0)), fresh);
    }
    stage(
        base,
        bundles,
        beside
            ? symbolicName + " " + jar.version() + " beside others"
            : "swap " + symbolicName + " " + named.get(0).version() + " -> " + jar.version());
    return Json.createObjectBuilder()
        .add("number", staged.number())
        .add("location", jars.file(fresh).toUri().toString())
        .add("sha256", sha256)
        .add("version", jar.version())
        .build();
  }

  private static BundleJar readJar(Path file) throws RequestException {
    try {
      return BundleJar.read(file);
    } catch (Refusal e) {
      throw new RequestException("not-a-bundle", e.getMessage());
    }
  }

  private void stage(Generation base, List<Generation.InstalledBundle> bundles, String reason)
      throws IOException {
    Generation next =
        new Generation(
            staged == null ? folder.free() : staged.number(),
            current.number(),
            clock.instant().toString(),
            staged == null ? reason : staged.reason() + ", " + reason,
            base.features(),
            base.featuresDigest(),
            base.settingsDigest(),
            bundles,
            base.configuration(),
            base.framework(),
            base.sockets());
    folder.stage(next);
    staged = next;
  }

  private JsonObject drop(String symbolicName, String version)
      throws IOException, RequestException {
    List<Generation.InstalledBundle> bundles = new ArrayList<>(staged.bundles());
    if (!bundles.removeIf(
        b ->
            b.symbolicName().equals(symbolicName)
                && Version.parseVersion(b.version()).equals(Version.parseVersion(version)))) {
      throw new RequestException(
          "no-such-bundle",
          "the generation has no such bundle: symbolicName="
              + symbolicName
              + " version="
              + version);
    }
    stage(staged, bundles, symbolicName + " " + version + " removed");
    return Json.createObjectBuilder().add("number", staged.number()).build();
  }

  private JsonObject commit(int number) throws IOException, RequestException {
    requireStaged(number);
    folder.commit(number);
    current = staged;
    staged = null;
    return Json.createObjectBuilder().add("number", number).build();
  }

  private JsonObject discard(int number) throws IOException, RequestException {
    requireStaged(number);
    staged = null; // whatever cannot be deleted now is at the next start
    folder.discard(number);
    return Json.createObjectBuilder().add("number", number).build();
  }

  /** What is staged is added to by its number; without one, nothing may be staged. */
  private void requireOwn(JsonObject request) throws RequestException {
    if (request.containsKey("number")) {
      requireStaged(request.getInt("number"));
    } else if (staged != null) {
      throw new RequestException(
          "already-staged",
          "one change at a time: another is under way: number="
              + staged.number()
              + " reason="
              + staged.reason()
              + "; try again when it is done");
    }
  }

  private void requireStaged(int number) throws RequestException {
    if (staged == null || staged.number() != number) {
      throw new RequestException(
          "not-staged",
          "no such generation is staged: number="
              + number
              + " staged="
              + (staged == null ? "none" : staged.number()));
    }
  }

  private JsonObject history() throws IOException {
    JsonArrayBuilder out = Json.createArrayBuilder();
    for (int number : folder.numbers()) {
      Optional<Generation> generation = folder.read(number);
      if (generation.isPresent()) {
        out.add(brief(generation.get()));
      }
    }
    return Json.createObjectBuilder().add("generations", out).build();
  }

  private JsonObject brief(Generation generation) throws IOException {
    return Json.createObjectBuilder()
        .add("number", generation.number())
        .add("parent", generation.parent())
        .add("created", generation.created())
        .add("reason", generation.reason())
        .add("current", generation.number() == current.number())
        .add("failed", folder.failure(generation.number()).orElse(""))
        .build();
  }

  private static JsonObject error(String code, String message) {
    return Json.createObjectBuilder().add("error", code).add("message", message).build();
  }

  /** A request that cannot be carried out, with the code of the answer. */
  private static final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;

    RequestException(String code, String message) {
      super(message);
      this.code = code;
    }
  }
}
