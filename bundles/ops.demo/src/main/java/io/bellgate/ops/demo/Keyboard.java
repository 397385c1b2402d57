package io.bellgate.ops.demo;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/** Single key presses where there is a terminal. */
final class Keyboard implements AutoCloseable {
  private final InputStream in;
  private final boolean terminal;

  Keyboard(InputStream in) throws InterruptedException {
    this.in = in;
    this.terminal = System.console() != null && stty("-icanon min 1 -echo");
  }

  boolean terminal() {
    return terminal;
  }

  /** The key that was pressed, or 0. */
  char pressed() throws IOException {
    return terminal && in.available() > 0 ? (char) in.read() : 0;
  }

  private static boolean stty(String mode) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", "stty " + mode + " < /dev/tty")
              .redirectErrorStream(true)
              .start();
      return process.waitFor(2, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (terminal) {
      boolean interrupted = Thread.interrupted(); // the terminal is put right in any case
      try {
        stty("sane");
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
