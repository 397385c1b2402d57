package io.bellgate.itests.traffic;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a file sink holds: its {@code *.jsonl} files, as somebody who checks would read them. */
public final class Delivered {
  /**
   * One line, kept as it is written: tens of thousands of them fit a small heap.
   *
   * @param identity as {@code NODE/SEQUENCE}
   * @param number of the delivery
   * @param json the line
   */
  public record Delivery(String identity, long number, String json) {
    private static Delivery of(String line) {
      JsonObject read = read(line);
      return new Delivery(
          read.getString("node") + "/" + read.getJsonNumber("seq"),
          read.getJsonNumber("number").longValueExact(),
          line);
    }

    /**
     * The line.
     *
     * @return parsed
     */
    public JsonObject line() {
      return read(json);
    }

    private static JsonObject read(String line) {
      try (JsonReader reader = Json.createReader(new StringReader(line))) {
        return reader.readObject();
      }
    }
  }

  private final Path folder;

  /** By what stays when the sink renames a full file. */
  private final Map<Object, Long> read = new HashMap<>();

  private final List<Delivery> lines = new ArrayList<>();

  /**
   * The files of one sink.
   *
   * @param folder where the sink writes; need not exist yet
   */
  public Delivered(Path folder) {
    this.folder = folder;
  }

  /**
   * Every whole line, the oldest file first. Reads what was added since it was called before.
   *
   * @return one object per delivery
   * @throws IOException if a file cannot be read
   */
  public synchronized List<Delivery> lines() throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
          add(file);
        }
      }
    }
    return List.copyOf(lines);
  }

  /** A last line without its end is still being written, or was torn by a kill. */
  private void add(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    long from = read.getOrDefault(key, 0L);
    byte[] octets;
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      octets = in.readAllBytes();
    }
    int end = octets.length;
    while (end > 0 && octets[end - 1] != '\n') {
      end--;
    }
    new String(octets, 0, end, StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> lines.add(Delivery.of(line)));
    read.put(key, from + end);
  }

  /**
   * Waits until everything has arrived, then checks that nothing came twice and that the numbers
   * rise.
   *
   * @param accepted identities that the gateway answered 2.04
   * @param hang the longest it may take
   * @return every line, for further checks
   * @throws IOException if a file cannot be read
   * @throws InterruptedException if interrupted
   * @throws AssertionError if something is lost or there twice
   */
  public List<Delivery> awaitExactlyOnce(Set<String> accepted, Duration hang)
      throws IOException, InterruptedException {
    Await.until(() -> "delivered; lost: " + lost(accepted), hang, () -> lost(accepted).isEmpty());
    List<Delivery> lines = lines();
    Set<String> seen = new TreeSet<>();
    Set<String> twice = new TreeSet<>();
    long number = 0;
    for (Delivery line : lines) {
      if (!seen.add(line.identity())) {
        twice.add(line.identity());
      }
      long next = line.number();
      if (next <= number) {
        throw new AssertionError("delivery numbers rise: before=" + number + " after=" + next);
      }
      number = next;
    }
    if (!twice.isEmpty()) {
      throw new AssertionError("delivered twice: " + twice);
    }
    return lines;
  }

  private Set<String> lost(Set<String> accepted) {
    try {
      Set<String> lost = new TreeSet<>(accepted);
      lines().forEach(line -> lost.remove(line.identity()));
      return lost;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
