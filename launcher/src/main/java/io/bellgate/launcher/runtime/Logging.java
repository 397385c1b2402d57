package io.bellgate.launcher.runtime;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Configures java.util.logging, where all logs of a gateway end: rotating files of bounded size,
 * and warnings on standard error.
 */
public final class Logging {
  /** Loggers with a level of their own; the JDK forgets loggers that nobody holds. */
  private static final List<Logger> HELD = new ArrayList<>();

  private Logging() {}

  /** A log manager that keeps its handlers until our own shutdown is done. */
  public static final class Manager extends LogManager {
    @Override
    public void reset() {} // the JDK's shutdown hook would silence ours

    void finish() {
      super.reset();
    }
  }

  /** To be called before anything logs. */
  public static void install() {
    System.setProperty("java.util.logging.manager", Manager.class.getName());
    replaceHandlers(List.of(console(Level.WARNING)));
  }

  /**
   * Starts logging to {@code folder/bellgate.0.log} and older ones.
   *
   * @param settings {@code level}, {@code levels}, {@code files} and {@code file-octets}
   */
  public static void toFiles(Path folder, JsonObject settings) throws IOException {
    int octets = settings.getInt("file-octets", 5_000_000);
    int files = settings.getInt("files", 4);
    FileHandler file =
        new FileHandler(folder.resolve("bellgate.%g.log").toString(), octets, files, true);
    file.setFormatter(new Line());
    file.setEncoding("UTF-8");
    file.setLevel(Level.ALL);
    replaceHandlers(List.of(console(Level.WARNING), file));
    Logger.getLogger("").setLevel(Level.parse(settings.getString("level", "INFO")));
    level("org.eclipse.californium", Level.WARNING); // says little at INFO, and often
    settings
        .getOrDefault("levels", JsonValue.EMPTY_JSON_OBJECT)
        .asJsonObject()
        .forEach(
            (name, level) ->
                level(name, Level.parse(io.bellgate.launcher.json.JsonText.plain(level))));
  }

  private static void level(String name, Level level) {
    Logger logger = Logger.getLogger(name);
    logger.setLevel(level);
    HELD.add(logger);
  }

  /** Writes out and closes all logs. */
  public static void finish() {
    if (LogManager.getLogManager() instanceof Manager manager) {
      manager.finish();
    }
  }

  private static void replaceHandlers(List<Handler> handlers) {
    Logger root = Logger.getLogger("");
    for (Handler old : root.getHandlers()) {
      root.removeHandler(old);
      old.close();
    }
    handlers.forEach(root::addHandler);
  }

  private static Handler console(Level level) {
    ConsoleHandler console = new ConsoleHandler();
    console.setLevel(level);
    console.setFormatter(new Line());
    return console;
  }

  /** One line: time in UTC, level, logger, message; a stack trace follows on indented lines. */
  static final class Line extends Formatter {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord line) {
      String message = formatMessage(line).replaceAll("\\R", " | ").replaceAll("\\p{Cntrl}", "?");
      String time = TIME.format(Instant.ofEpochMilli(line.getMillis()));
      return time
          + " "
          + line.getLevel().getName()
          + " "
          + line.getLoggerName()
          + " "
          + message
          + System.lineSeparator()
          + trace(line.getThrown());
    }

    private static String trace(Throwable thrown) {
      if (thrown == null) {
        return "";
      }
      StringWriter out = new StringWriter();
      thrown.printStackTrace(new PrintWriter(out, true));
      return out.toString().strip().replaceAll("(?m)^", "    ") + System.lineSeparator();
    }
  }
}
