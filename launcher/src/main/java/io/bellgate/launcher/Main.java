package io.bellgate.launcher;

import io.bellgate.launcher.cli.Cli;
import io.bellgate.launcher.cli.Commands;
import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Refusal;
import io.bellgate.launcher.runtime.Logging;
import java.util.List;

/** Where the program starts: {@code java -cp 'lib/*' io.bellgate.launcher.Main COMMAND ...}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Logging.install();
    int code = ExitCode.FAILED;
    try {
      Cli cli = new Cli(Program.locate(), System.getenv(), System.in, System.out, System.err);
      code = new Commands(cli).run(List.of(arguments));
    } catch (Refusal e) {
      System.err.println(e.getMessage());
      code = e.exitCode();
    }
    System.out.flush();
    System.exit(code);
  }
}
