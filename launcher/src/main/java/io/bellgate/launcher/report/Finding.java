package io.bellgate.launcher.report;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Objects;

/**
 * One result of a check: what was found, where, and what to do next.
 *
 * @param level how bad it is
 * @param code stable code such as {@code BG-CONFIG-004}; never reused for another meaning
 * @param where file and line, bundle or thing the finding is about; may be empty
 * @param message the rule, then the values as {@code name=value}
 * @param next what an operator can do; may be empty
 */
public record Finding(Level level, String code, String where, String message, String next) {

  /** How bad a finding is; only {@link #FAIL} makes a check fail. */
  public enum Level {
    OK,
    WARN,
    FAIL
  }

  public Finding {
    Objects.requireNonNull(level);
    Objects.requireNonNull(code);
    Objects.requireNonNull(where);
    Objects.requireNonNull(message);
    Objects.requireNonNull(next);
  }

  public static Finding fail(String code, String where, String message, String next) {
    return new Finding(Level.FAIL, code, where, message, next);
  }

  public static Finding warn(String code, String where, String message, String next) {
    return new Finding(Level.WARN, code, where, message, next);
  }

  public static Finding ok(String code, String where, String message) {
    return new Finding(Level.OK, code, where, message, "");
  }

  public boolean failed() {
    return level == Level.FAIL;
  }

  /** One or two lines for a person. */
  public String text() {
    String place = where.isEmpty() ? "" : where + ": ";
    String advice = next.isEmpty() ? "" : System.lineSeparator() + "        -> " + next;
    return String.format(
        "%-5s %s %s%s%s",
        level.name().toLowerCase(java.util.Locale.ROOT), code, place, message, advice);
  }

  public JsonObject json() {
    return Json.createObjectBuilder()
        .add("level", level.name().toLowerCase(java.util.Locale.ROOT))
        .add("code", code)
        .add("where", where)
        .add("message", message)
        .add("next", next)
        .build();
  }
}
