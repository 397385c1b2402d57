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
        yield stage(request.getString("symbolicName"), Path.of(request.getString("file")));
      }
      case "commit" -> commit(request.getInt("number"));
      case "discard" -> discard(request.getInt("number"));
      case "history" -> history();
      default ->
          throw new RequestException(
              "unknown",
              "no such request: do="
                  + action
                  + "; known are current, stage, commit, discard, history");
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

  private JsonObject stage(String symbolicName, Path file) throws IOException, RequestException {
    BundleJar jar = readJar(file);
    if (!jar.symbolicName().equals(symbolicName)) {
      throw new RequestException(
          "wrong-name",
          "the jar is another bundle: expected=" + symbolicName + " found=" + jar.symbolicName());
    }
    Generation base = staged == null ? current : staged;
    String sha256 = Sha256.of(file);
    String location = jars.copy(file, sha256);
    List<Generation.InstalledBundle> bundles = new ArrayList<>();
    Generation.InstalledBundle replaced = null;
    for (Generation.InstalledBundle bundle : base.bundles()) {
      if (bundle.symbolicName().equals(symbolicName)) {
        replaced = bundle;
        bundles.add(
            new Generation.InstalledBundle(
                symbolicName, jar.version(), sha256, location, bundle.startOrder(), true));
      } else {
        bundles.add(bundle);
      }
    }
    if (replaced == null) {
      throw new RequestException(
          "no-such-bundle",
          "the generation has no such bundle: symbolicName="
              + symbolicName
              + "; a new bundle comes by a feature");
    }
    int number = staged == null ? folder.free() : staged.number();
    String reason = "swap " + symbolicName + " " + replaced.version() + " -> " + jar.version();
    Generation next =
        new Generation(
            number,
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
    return Json.createObjectBuilder()
        .add("number", number)
        .add(
            "location",
            jars.file(next.bundles().get(indexOf(next, symbolicName))).toUri().toString())
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

  private static int indexOf(Generation generation, String symbolicName) {
    int index = 0;
    while (!generation.bundles().get(index).symbolicName().equals(symbolicName)) {
      index++;
    }
    return index;
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
