package io.bellgate.itests.processes;

import io.bellgate.itests.traffic.Await;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One gateway: {@code bellgate run} as a child process, without the supervisor, so that a kill is
 * the end until the test starts it again. Talks to it as an operator does, with the command.
 */
final class Gateway implements AutoCloseable {
  static final Path PROGRAM = Path.of(System.getProperty("bellgate.program")).normalize();
  static final Duration HANG = Duration.ofSeconds(120);
  private static final String JAVA_OPTIONS =
      "-Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError";
  private static final File NOTHING = new File("/dev/null");

  private final String site;
  private final Path config;
  private final Path data;
  private Path javaHome = Path.of(System.getProperty("java.home"));
  private Process process;

  Gateway(String site, Path config, Path data) throws IOException {
    this.site = site;
    this.config = config;
    this.data = Files.createDirectories(data);
  }

  /** Has it run on another JDK from the next start on. */
  Gateway on(Path jdk) {
    javaHome = jdk;
    return this;
  }

  String site() {
    return site;
  }

  Path data() {
    return data;
  }

  /** Folder of the file sink. */
  Path north() {
    return data.resolve("north");
  }

  Gateway start() throws IOException {
    process =
        prepare(List.of("run", "--no-supervise"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()))
            .start();
    return this;
  }

  private ProcessBuilder prepare(List<String> words) {
    List<String> line = new ArrayList<>();
    line.add(PROGRAM.resolve("bellgate").toString());
    line.addAll(words);
    line.addAll(List.of("--site", site, "--config", config.toString(), "--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(line).redirectInput(NOTHING);
    environment(builder.environment(), javaHome);
    return builder;
  }

  static void environment(Map<String, String> environment, Path javaHome) {
    environment.keySet().removeIf(name -> name.startsWith("BELLGATE_"));
    environment.remove("NOTIFY_SOCKET");
    environment.put("JAVA_HOME", javaHome.toString());
    environment.put("BELLGATE_JAVA_OPTS", JAVA_OPTIONS);
  }

  private Path console() {
    return data.resolve("console.log");
  }

  /** Waits until the process that was started last says that it is ready. */
  Gateway awaitReady() throws InterruptedException {
    Await.until(this::unready, HANG, () -> !process.isAlive() || isReady());
    if (!process.isAlive()) {
      throw new AssertionError(unready());
    }
    return this;
  }

  private boolean isReady() throws IOException {
    return ready().getJsonNumber("pid").longValue() == process.pid();
  }

  private String unready() {
    return site + " ready; alive=" + process.isAlive() + " it said:\n" + said();
  }

  /** What it wrote to its standard output and error, over all starts. */
  String said() {
    try {
      return Files.exists(console()) ? Files.readString(console()) : "nothing";
    } catch (IOException e) {
      return e.toString();
    }
  }

  JsonObject ready() throws IOException {
    try (JsonReader reader =
        Json.createReader(new StringReader(Files.readString(data.resolve("run/ready.json"))))) {
      return reader.readObject();
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Waits until the process has ended by itself; what its exit code is. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(HANG.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError(site + " did not end within " + HANG);
    }
    return process.exitValue();
  }

  /**
   * What a command answered.
   *
   * @param code its exit code
   * @param out its standard output
   * @param err its standard error
   */
  record Answer(int code, String out, String err) {
    Answer expect(int expected) {
      if (code != expected) {
        throw new AssertionError("expected exit code " + expected + ": " + this);
      }
      return this;
    }

    JsonObject json() {
      JsonStructure any = structure();
      return any.asJsonObject();
    }

    JsonStructure structure() {
      try (JsonReader reader = Json.createReader(new StringReader(out))) {
        return reader.read();
      } catch (JsonException e) {
        throw new AssertionError("no JSON: " + this, e);
      }
    }
  }

  /** Runs a command for this site. */
  Answer command(String... words) throws IOException, InterruptedException {
    Path out = Files.createTempFile(data, "command", ".out");
    Path err = Files.createTempFile(data, "command", ".err");
    Process command =
        prepare(List.of(words)).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      if (!command.waitFor(HANG.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("hangs: " + List.of(words));
      }
      return new Answer(command.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      command.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Runs a command in the running gateway, without a process for it. */
  Answer ask(String... words) throws IOException {
    return Control.ask(data, List.of(words));
  }

  /** A section of {@code status}. */
  JsonObject status(String section) throws IOException {
    return ask("status", section, "--json").expect(0).json().getJsonObject(section);
  }

  /** Puts another gateway's identity file where this one looks for those it trusts. */
  void trust(Gateway other) throws IOException, InterruptedException {
    Path identity = other.data.resolve("identity").resolve(other.site + ".identity");
    Await.until("identity of " + other.site, HANG, () -> Files.exists(identity));
    Path trust = Files.createDirectories(data.resolve("trust"));
    Path partial = Files.copy(identity, trust.resolve(other.site + ".partial"));
    Files.move(partial, trust.resolve(other.site + ".identity"), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Copies the data folder as it is now, file by file, whether the gateway runs or not: what a
   * careless backup holds.
   */
  void backUp(Path copy) throws IOException {
    Files.walkFileTree(data, new Copying(data, copy));
  }

  /** Puts a copy of the data folder in place of it. */
  void restore(Path copy) throws IOException {
    Files.move(data, data.resolveSibling(site + ".before"));
    Files.move(copy, data);
  }

  private static final class Copying extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    Copying(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectories(to.resolve(from.relativize(folder)));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }
  }

  /** SIGKILL: nothing is finished, flushed or closed. */
  void kill9() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** SIGTERM, and SIGKILL if that takes too long. */
  void stop() throws InterruptedException {
    if (process == null) {
      return;
    }
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill9();
      throw new AssertionError(site + " did not stop within 30 s");
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
