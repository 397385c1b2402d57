package io.bellgate.ops.shell;

import io.bellgate.api.ops.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code shell}: a Gogo session over the control channel. */
@Component(property = Command.NAME + "=shell")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {"command=shell", "summary=\"Open a Gogo shell in a gateway\"", "feature=gateway"})
public final class ShellCommand implements Command {
  private static final String HELP =
      """
      usage: bellgate shell [COMMAND ...] --site SITE

      Opens a Gogo shell in a running gateway, or runs one Gogo command. `exit` or the end of input leaves.

      examples:
        bellgate shell --site alice
        bellgate shell lb --site alice
        echo 'scr:list' | bellgate shell --site alice
      """;

  private final CommandProcessor gogo;

  /**
   * Takes the Gogo runtime.
   *
   * @param gogo the runtime
   */
  @Activate
  public ShellCommand(@Reference CommandProcessor gogo) {
    this.gogo = gogo;
  }

  @Override
  public int run(Call call) throws IOException {
    if (call.arguments().contains("--help")) {
      call.out().print(HELP);
      return OK;
    }
    try (CommandSession session = gogo.createSession(call.in(), call.out(), call.err())) {
      if (!call.arguments().isEmpty()) {
        return execute(session, String.join(" ", call.arguments()), call);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.UTF_8));
      prompt(call);
      for (String line = lines.readLine();
          line != null && !line.strip().equals("exit");
          line = lines.readLine()) {
        if (!line.isBlank()) {
          execute(session, line, call);
        }
        prompt(call);
      }
      return OK;
    }
  }

  private static void prompt(Call call) {
    call.out().print("bellgate> ");
    call.out().flush();
  }

  private static int execute(CommandSession session, String line, Call call) {
    try {
      Object result = session.execute(line);
      if (result != null) {
        call.out().println(session.format(result, Converter.INSPECT));
      }
      return OK;
    } catch (Exception e) { // what a Gogo command throws is its answer
      call.err().println(e.getMessage() == null ? e.toString() : e.getMessage());
      return FAILED;
    }
  }
}
