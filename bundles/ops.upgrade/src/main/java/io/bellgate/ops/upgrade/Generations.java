package io.bellgate.ops.upgrade;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The launcher's generations, through the one operator it registers: JSON in, JSON out. */
final class Generations {
  private static final System.Logger LOG = System.getLogger(Generations.class.getName());

  private final UnaryOperator<String> launcher;

  Generations(UnaryOperator<String> launcher) {
    this.launcher = launcher;
  }

  /**
   * A generation that is prepared and not yet current.
   *
   * @param number its number
   * @param location where the launcher keeps the bundle file, as a URL
   */
  record Staged(long number, String location) {}

  Staged stage(String symbolicName, Path file) {
    return staged(request("stage").add("symbolicName", symbolicName).add("file", file.toString()));
  }

  /** As {@link #stage}, but what is there of that name stays. */
  Staged stageBeside(String symbolicName, Path file) {
    return staged(
        request("stage")
            .add("symbolicName", symbolicName)
            .add("file", file.toString())
            .add("beside", true));
  }

  private Staged staged(JsonObjectBuilder request) {
    JsonObject answer = ask(request);
    return new Staged(answer.getJsonNumber("number").longValue(), answer.getString("location"));
  }

  /** Takes a bundle out of what is staged. */
  void drop(long number, String symbolicName, String version) {
    ask(
        request("drop")
            .add("number", number)
            .add("symbolicName", symbolicName)
            .add("version", version));
  }

  void commit(long number) {
    ask(request("commit").add("number", number));
  }

  /** Gives up what is staged. Fails with a log line only: its callers have a failure to report. */
  void discard(long number) {
    try {
      ask(request("discard").add("number", number));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a staged generation could not be discarded", e);
    }
  }

  /** The number of the generation that would start after a crash. */
  long current() {
    return ask(request("current")).getJsonNumber("number").longValue();
  }

  private static JsonObjectBuilder request(String what) {
    return Json.createObjectBuilder().add("do", what);
  }

  private JsonObject ask(JsonObjectBuilder request) {
    try (JsonReader reader =
        Json.createReader(new StringReader(launcher.apply(request.build().toString())))) {
      JsonObject answer = reader.readObject();
      if (answer.containsKey("error")) {
        throw new Refused(answer.getString("error"), answer.getString("message", ""));
      }
      return answer;
    }
  }
}
