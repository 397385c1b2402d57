package io.bellgate.ops.demo;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One gateway, or the optics: a process with a configuration and a data folder of its own. */
public final class Site {
  private final String name;
  private final Path program;
  private final Path config;
  private final Path data;
  private final Control control;
  private Process process;

  Site(String name, Path program, Path config, Path data) {
    this.name = name;
    this.program = program;
    this.config = config;
    this.data = data;
    this.control = new Control(data);
  }

  /** Its site ID. */
  public String name() {
    return name;
  }

  /** Its data folder. */
  public Path data() {
    return data;
  }

  /** The way to its commands. */
  public Control control() {
    return control;
  }

  /** Starts the process and its supervisor; does not wait. */
  public void start() throws IOException {
    Files.createDirectories(data);
    Files.deleteIfExists(data.resolve("run/ready.json")); // of the start before
    process =
        new ProcessBuilder(
                program.resolve("bellgate").toString(),
                "run",
                "--site",
                name,
                "--config",
                config.toString(),
                "--data",
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("console.log").toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
  }

  /** What the launcher wrote when the gateway was ready; empty before. */
  public Optional<JsonObject> ready() throws IOException {
    Path file = data.resolve("run/ready.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Reader text = Files.newBufferedReader(file);
        JsonReader reader = Json.createReader(text)) {
      return Optional.of(reader.readObject());
    } catch (jakarta.json.JsonException e) {
      return Optional.empty(); // being written
    }
  }

  /** Whether the supervisor runs. */
  public boolean alive() {
    return process != null && process.isAlive();
  }

  /** The process of the gateway, not of its supervisor. */
  public long pid() throws IOException {
    return Long.parseLong(Files.readString(data.resolve("run/pid")).strip());
  }

  /** Kills the gateway as a power failure of the process would; its supervisor starts it again. */
  void kill() throws IOException {
    Files.deleteIfExists(data.resolve("run/ready.json"));
    ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** What {@code bellgate status --json} says; throws if it cannot be reached. */
  public JsonObject status() throws IOException {
    return control.run("status", "--json").json();
  }

  /** Ends supervisor and gateway; waits. */
  public void stop(Duration bound) {
    if (process == null) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
