package io.bellgate.ops.demo.bench;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results in columns: for a person aligned, for a program as JSON. */
final class Table {
  /**
   * A column.
   *
   * @param key its name in JSON, with the unit
   * @param heading its name for a person
   * @param unit below the heading; empty for text and counts
   * @param decimals of numbers
   */
  record Column(String key, String heading, String unit, int decimals) {}

  private final String title;
  private final String command;
  private final List<Column> columns;
  private final List<List<Object>> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Table(String title, String command, List<Column> columns) {
    this.title = title;
    this.command = command;
    this.columns = columns;
  }

  /** Adds a row: texts and numbers, as many as columns; NaN is what was not measured. */
  void row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "a row has a cell per column: cells=" + cells.length + " columns=" + columns.size());
    }
    rows.add(List.of(cells));
  }

  /** Adds a line below the table. */
  void note(String format, Object... values) {
    notes.add(String.format(Locale.ROOT, format, values));
  }

  void print(PrintStream out) {
    out.println();
    out.println(title);
    out.println("command: " + command);
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::heading).toList());
    lines.add(columns.stream().map(Column::unit).toList());
    rows.forEach(row -> lines.add(texts(row)));
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns.size(); i++) {
        int column = i;
        int width = lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
        text.append(pad(line.get(i), width, left(i))).append("  ");
      }
      out.println(text.toString().stripTrailing());
    }
    notes.forEach(note -> out.println("  " + note));
    out.flush();
  }

  private boolean left(int column) {
    return rows.stream().anyMatch(row -> row.get(column) instanceof String);
  }

  private static String pad(String text, int width, boolean left) {
    String space = " ".repeat(width - text.length());
    return left ? text + space : space + text;
  }

  private List<String> texts(List<Object> row) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      texts.add(
          row.get(i) instanceof Number number
              ? text(number.doubleValue(), columns.get(i).decimals())
              : row.get(i).toString());
    }
    return texts;
  }

  private static String text(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  JsonObject json() {
    JsonArrayBuilder all = Json.createArrayBuilder();
    for (List<Object> row : rows) {
      JsonObjectBuilder one = Json.createObjectBuilder();
      for (int i = 0; i < row.size(); i++) {
        if (row.get(i) instanceof Number number) {
          number(one, columns.get(i), number.doubleValue());
        } else {
          one.add(columns.get(i).key(), row.get(i).toString());
        }
      }
      all.add(one);
    }
    return Json.createObjectBuilder()
        .add("title", title)
        .add("command", command)
        .add("rows", all)
        .add("notes", Json.createArrayBuilder(notes))
        .build();
  }

  private static void number(JsonObjectBuilder row, Column column, double value) {
    if (Double.isNaN(value)) {
      row.addNull(column.key());
    } else {
      row.add(
          column.key(),
          BigDecimal.valueOf(value).setScale(column.decimals(), RoundingMode.HALF_UP));
    }
  }
}
