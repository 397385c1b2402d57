package io.bellgate.launcher.runtime;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tells systemd how the gateway is, through {@code systemd-notify}, because the JDK has no datagram
 * Unix sockets. Does nothing where {@code NOTIFY_SOCKET} is not set.
 */
final class Systemd {
  private static final System.Logger LOG = System.getLogger(Systemd.class.getName());

  private final boolean present;
  private final long watchdogMicros;

  Systemd(Map<String, String> environment) {
    present = !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty();
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    watchdogMicros = micros.matches("[0-9]{1,15}") ? Long.parseLong(micros) : 0;
  }

  void ready(String status) {
    notify(List.of("--ready", "--status=" + status));
  }

  void stopping() {
    notify(List.of("STOPPING=1"));
  }

  /** Feeds the watchdog at half its time, only while {@code healthy}. */
  void feed(BooleanSupplier healthy) {
    if (!present || watchdogMicros == 0) {
      return;
    }
    Thread feeder =
        new Thread(
            () -> {
              try {
                while (true) {
                  if (healthy.getAsBoolean()) {
                    notify(List.of("WATCHDOG=1"));
                  }
                  TimeUnit.MICROSECONDS.sleep(watchdogMicros / 2);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "bellgate-watchdog");
    feeder.setDaemon(true);
    feeder.start();
  }

  private void notify(List<String> arguments) {
    if (!present) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("systemd-notify"));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "systemd cannot be told: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
