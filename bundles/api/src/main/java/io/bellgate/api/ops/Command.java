package io.bellgate.api.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A command for operators (whiteboard). Registered with the service property {@link #NAME}; its
 * bundle declares it in a capability {@code io.bellgate.command} so that it is found without
 * starting it.
 */
@ConsumerType
public interface Command {
  /** Service property: the word an operator types. */
  String NAME = "command.name";

  /** Exit code: done. */
  int OK = 0;

  /** Exit code: tried and failed. */
  int FAILED = 1;

  /** Exit code: the arguments make no sense. */
  int USAGE = 2;

  /** Exit code: what it needs cannot be reached. */
  int UNREACHABLE = 3;

  /** Exit code: understood and refused. */
  int REFUSED = 4;

  /**
   * Runs. Answers {@code --help} with usage and examples. An interrupt of the calling thread
   * cancels it.
   *
   * @param call arguments and streams
   * @return an exit code
   * @throws IOException if a stream fails
   * @throws InterruptedException if cancelled
   */
  int run(Call call) throws IOException, InterruptedException;

  /**
   * One call of a command.
   *
   * @param arguments without the command's own name
   * @param in what the operator types
   * @param out for results
   * @param err for what went wrong, and progress
   */
  record Call(List<String> arguments, InputStream in, PrintStream out, PrintStream err) {
    /**
     * Copies the arguments.
     *
     * @param arguments as above
     * @param in as above
     * @param out as above
     * @param err as above
     * @throws NullPointerException if an argument is null
     */
    public Call {
      arguments = List.copyOf(arguments);
    }
  }
}
