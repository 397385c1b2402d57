package io.bellgate.api.ops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a command said, for tests.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
public record Said(int code, String out, String err) {
  /**
   * Runs a command with nothing to read.
   *
   * @param command runs on this thread
   * @param words its arguments
   * @return its exit code and texts
   * @throws IOException as the command does
   * @throws InterruptedException as the command does
   */
  public static Said by(Command command, String... words) throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        command.run(
            new Command.Call(
                List.of(words),
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
