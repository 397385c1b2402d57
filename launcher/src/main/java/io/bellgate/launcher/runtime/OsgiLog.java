package io.bellgate.launcher.runtime;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

/**
 * Copies the OSGi log (chapter 101) and framework errors to java.util.logging. The launcher does
 * not see the types of the log service, so it meets them by reflection.
 */
final class OsgiLog {
  private static final String READER = "org.osgi.service.log.LogReaderService";

  private final BundleContext context;

  private OsgiLog(BundleContext context) {
    this.context = context;
  }

  /** Starts copying; ends with the framework. */
  static void copy(BundleContext context) {
    OsgiLog log = new OsgiLog(context);
    context.addFrameworkListener(log::framework);
    try {
      context.addServiceListener(
          event -> {
            if (event.getType() == ServiceEvent.REGISTERED) {
              log.listen(event.getServiceReference());
            }
          },
          "(objectClass=" + READER + ")");
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void framework(FrameworkEvent event) {
    if (event.getType() == FrameworkEvent.ERROR) {
      write(event.getBundle(), Level.SEVERE, "framework error", event.getThrowable());
    } else if (event.getType() == FrameworkEvent.WARNING) {
      write(event.getBundle(), Level.WARNING, "framework warning", event.getThrowable());
    }
  }

  private void listen(ServiceReference<?> reference) {
    Object reader = context.getService(reference);
    try {
      Class<?> listener = reference.getBundle().loadClass("org.osgi.service.log.LogListener");
      Object proxy =
          Proxy.newProxyInstance(
              listener.getClassLoader(),
              new Class<?>[] {listener},
              (self, method, arguments) -> {
                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  case "toString" -> "launcher's log listener";
                  default -> {
                    entry(arguments[0]);
                    yield null;
                  }
                };
              });
      call(reader, "addLogListener", listener, proxy);
    } catch (ReflectiveOperationException e) {
      write(reference.getBundle(), Level.WARNING, "the OSGi log cannot be read", e);
    }
  }

  private static void entry(Object entry) throws ReflectiveOperationException {
    Level level =
        switch (String.valueOf(call(entry, "getLogLevel"))) {
          case "AUDIT", "ERROR" -> Level.SEVERE;
          case "WARN" -> Level.WARNING;
          case "INFO" -> Level.INFO;
          default -> Level.FINE;
        };
    String message = String.valueOf(call(entry, "getMessage"));
    if (message.matches("(Framework|Bundle|Service)Event [A-Z_]+")) {
      level = Level.FINE; // the log service repeats events
    }
    write(
        (Bundle) call(entry, "getBundle"), level, message, (Throwable) call(entry, "getException"));
  }

  private static Object call(Object target, String method) throws ReflectiveOperationException {
    for (Class<?> type : target.getClass().getInterfaces()) {
      try {
        return type.getMethod(method).invoke(target);
      } catch (NoSuchMethodException e) {
        continue; // another interface may have it
      }
    }
    throw new NoSuchMethodException(method);
  }

  private static void call(Object target, String method, Class<?> type, Object argument)
      throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
    Class<?> reader = null;
    for (Class<?> candidate : target.getClass().getInterfaces()) {
      if (candidate.getName().equals(READER)) {
        reader = candidate;
      }
    }
    if (reader == null) {
      throw new NoSuchMethodException(method);
    }
    reader.getMethod(method, type).invoke(target, argument);
  }

  private static void write(Bundle bundle, Level level, String message, Throwable thrown) {
    String name = bundle == null ? "osgi" : bundle.getSymbolicName();
    LogRecord line = new LogRecord(level, message);
    line.setLoggerName(name);
    line.setThrown(thrown);
    Logger.getLogger(name).log(line);
  }
}
