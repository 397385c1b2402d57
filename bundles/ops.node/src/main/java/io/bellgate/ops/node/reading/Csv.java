package io.bellgate.ops.node.reading;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Readings from a file of rows (RFC 4180, one row a line, separated by commas or semicolons): the
 * first line names columns, each further line is one JSON object with a member for each cell that
 * is not empty. Read row by row.
 */
public final class Csv implements Iterator<Reading>, AutoCloseable {
  private final Path file;
  private final BufferedReader lines;
  private final char separator;
  private final List<String> names;
  private String ahead;
  private int number = 1;

  /**
   * Reads the names.
   *
   * @throws IllegalArgumentException if they are missing, twice, or one is {@code seq}
   */
  public Csv(Path file) throws IOException {
    this.file = file;
    lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
    try {
      String head = lines.readLine();
      if (head == null) {
        throw wrong("a file of rows begins with the names of its columns");
      }
      separator = head.contains(";") ? ';' : ',';
      names = cells(head);
      if (names.contains("") || new HashSet<>(names).size() != names.size()) {
        throw wrong("each column has a name of its own");
      }
      if (names.contains("seq")) {
        throw wrong("the count `seq` is the node's own: leave the column out");
      }
      ahead = line();
    } catch (IOException | RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  private String line() throws IOException {
    String line = lines.readLine();
    number++;
    while (line != null && line.isBlank()) {
      line = lines.readLine();
      number++;
    }
    return line;
  }

  private IllegalArgumentException wrong(String rule) {
    return new IllegalArgumentException(rule + ": file=" + file + " line=" + number);
  }

  @Override
  public boolean hasNext() {
    return ahead != null;
  }

  /**
   * The next row.
   *
   * @throws IllegalArgumentException if it has not as many cells as there are names
   */
  @Override
  public Reading next() {
    if (ahead == null) {
      throw new NoSuchElementException();
    }
    List<String> cells = cells(ahead);
    if (cells.size() != names.size()) {
      throw wrong("a row has a cell for each column: cells=" + cells.size());
    }
    List<Reading.Member> members = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      if (!cells.get(i).isEmpty()) {
        members.add(new Reading.Member(names.get(i), cells.get(i)));
      }
    }
    try {
      ahead = line();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Reading.of(members);
  }

  /** The cells of a line, without the spaces around them. */
  private List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char at = line.charAt(i);
      if (at == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(at);
        i++;
      } else if (at == '"') {
        quoted = !quoted;
      } else if (at == separator && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(at);
      }
    }
    if (quoted) {
      throw wrong("a cell in quotation marks ends in its line");
    }
    cells.add(cell.toString().strip());
    return cells;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
