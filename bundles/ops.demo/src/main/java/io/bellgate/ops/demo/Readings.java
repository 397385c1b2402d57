package io.bellgate.ops.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measurements to replay, over and over.
 *
 * <p>The mapping: the first column is the time and becomes {@code t}; each further column is a
 * resource named after its heading (lower case, other characters become hyphens) and its value
 * becomes {@code v}; column i, counted from the first resource, is of data class critical, process
 * or ambient as i mod 3 is 0, 1 or 2. Row r belongs to node r mod nodes.
 */
final class Readings {
  private static final List<String> CLASSES = List.of("critical", "process", "ambient");
  private static final int MOST_ROWS = 100_000;

  private final String name;
  private final List<String> resources;
  private final List<String[]> rows;

  private Readings(String name, List<String> resources, List<String[]> rows) {
    this.name = name;
    this.resources = resources;
    this.rows = rows;
  }

  /**
   * One value on its way.
   *
   * @param resource where it is posted
   * @param payload without the sequence
   */
  record Value(String resource, String time, String value) {
    String payload(long sequence) {
      boolean number = value.matches("-?[0-9]+(\\.[0-9]+)?");
      String quoted = number ? value : "\"" + value.replaceAll("[\\\\\"\\p{Cntrl}]", " ") + "\"";
      return "{\"seq\":"
          + sequence
          + ",\"t\":\""
          + time.replaceAll("[\\\\\"\\p{Cntrl}]", " ")
          + "\",\"v\":"
          + quoted
          + "}";
    }
  }

  static Readings read(Options options) throws IOException {
    if (options.csv().isPresent()) {
      try (InputStream in = Files.newInputStream(options.csv().get())) {
        return read(options.csv().get().getFileName().toString(), in);
      }
    }
    String shipped = "noaa-seattle-hourly-normals.csv";
    try (InputStream in = Readings.class.getResourceAsStream("/demo/" + shipped)) {
      return read(shipped + " (US NOAA climate normals, public domain)", in);
    }
  }

  static Readings read(String name, InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String heading = lines.readLine();
    if (heading == null) {
      throw new IllegalArgumentException("a CSV file has a heading: file=" + name);
    }
    String separator = heading.contains(";") ? ";" : ",";
    String[] columns = heading.split(separator, -1);
    if (columns.length < 2) {
      throw new IllegalArgumentException(
          "a CSV file has a time and at least one value, separated by ; or ,: file="
              + name
              + " columns="
              + columns.length);
    }
    List<String> resources = Arrays.stream(columns).skip(1).map(Readings::resource).toList();
    List<String[]> rows = new ArrayList<>();
    for (String line = lines.readLine();
        line != null && rows.size() < MOST_ROWS;
        line = lines.readLine()) {
      String[] row = line.split(separator, -1);
      if (row.length == columns.length) {
        rows.add(row);
      }
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          "a CSV file has rows with as many columns as its heading: file=" + name);
    }
    return new Readings(name, resources, rows);
  }

  private static String resource(String heading) {
    String name =
        heading
            .strip()
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return name.isEmpty() ? "value" : name;
  }

  String name() {
    return name;
  }

  /** Resource to data class. */
  Map<String, String> classes() {
    Map<String, String> classes = new LinkedHashMap<>();
    for (int i = 0; i < resources.size(); i++) {
      classes.putIfAbsent(resources.get(i), CLASSES.get(i % CLASSES.size()));
    }
    return classes;
  }

  /** The n-th value of a node, from 0, without end. */
  Value value(int node, int nodes, long n) {
    int column = (int) (n % resources.size());
    long rowOfNode = n / resources.size();
    String[] row = rows.get((int) ((rowOfNode * nodes + node) % rows.size()));
    return new Value(resources.get(column), row[0], row[column + 1].strip());
  }
}
