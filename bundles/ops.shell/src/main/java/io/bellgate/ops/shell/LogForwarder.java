package io.bellgate.ops.shell;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/**
 * Passes what is said to the OSGi log (component runtime, configurator, framework) on to the
 * process log, which is bounded.
 */
@Component(
    service = {},
    immediate = true)
public final class LogForwarder {
  private final LogReaderService log;
  private final LogListener listener = LogForwarder::forward;

  /**
   * Begins to forward.
   *
   * @param log the OSGi log
   */
  @Activate
  public LogForwarder(@Reference LogReaderService log) {
    this.log = log;
    log.addLogListener(listener);
  }

  @Deactivate
  void deactivate() {
    log.removeLogListener(listener);
  }

  private static void forward(LogEntry entry) {
    System.Logger.Level level = level(entry.getLogLevel());
    // framework and service events are chatter unless something is wrong
    if (level.getSeverity() >= System.Logger.Level.WARNING.getSeverity()) {
      String bundle = entry.getBundle() == null ? "framework" : entry.getBundle().getSymbolicName();
      System.getLogger("osgi." + bundle).log(level, entry.getMessage(), entry.getException());
    }
  }

  private static System.Logger.Level level(LogLevel level) {
    return switch (level) {
      case AUDIT, ERROR -> System.Logger.Level.ERROR;
      case WARN -> System.Logger.Level.WARNING;
      case INFO -> System.Logger.Level.INFO;
      default -> System.Logger.Level.DEBUG;
    };
  }
}
