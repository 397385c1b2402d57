package io.bellgate.launcher.cli;

import io.bellgate.launcher.control.CommandIndex;
import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Nearest;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the command of a command line and runs it. */
public final class Commands {
  private final Cli cli;
  private final List<OwnCommand> own =
      List.of(
          new RunCommand(),
          new InitCommand(),
          new ConfigCommand(),
          new FeatureCommand(),
          new DoctorCommand(),
          new VersionCommand());

  public Commands(Cli cli) {
    this.cli = cli;
  }

  /**
   * Runs a command line.
   *
   * @return exit code; errors are printed
   */
  public int run(List<String> line) {
    try {
      if (line.isEmpty() || line.get(0).equals("--help") || line.get(0).equals("help")) {
        return line.size() > 1 ? dispatch(line.get(1), List.of("--help")) : overview(cli.out());
      }
      String name = line.get(0).equals("--version") ? "version" : line.get(0);
      return dispatch(name, line.subList(1, line.size()));
    } catch (Refusal e) {
      cli.err().println(e.getMessage());
      return e.exitCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    } catch (Exception e) {
      System.getLogger(Commands.class.getName()).log(System.Logger.Level.ERROR, "a bug", e);
      return ExitCode.FAILED;
    }
  }

  private int dispatch(String name, List<String> line) throws Exception {
    for (OwnCommand command : own) {
      if (command.name().equals(name)) {
        if (line.contains("--help")) {
          cli.out().print(command.help());
          return ExitCode.OK;
        }
        return command.run(cli, line);
      }
    }
    CommandIndex index = index();
    Optional<CommandIndex.Entry> entry = index.get(name);
    if (entry.isEmpty()) {
      List<String> known = new ArrayList<>(own.stream().map(OwnCommand::name).toList());
      index.all().forEach(other -> known.add(other.name()));
      throw Refusal.usage(
          "there is no such command: command=" + name,
          Nearest.advice(name, known, "bellgate --help lists all commands"));
    }
    if (entry.get().local()) {
      return new LocalCommand(entry.get()).run(cli, line);
    }
    return remote(entry.get(), line);
  }

  /** The gateway explains its commands; where none answers, the manifest's summary has to do. */
  private int remote(CommandIndex.Entry entry, List<String> line) throws IOException {
    try {
      return new RemoteCommand(entry.name()).run(cli, line);
    } catch (Refusal e) {
      if (!line.contains("--help")) {
        throw e;
      }
      cli.out().println(entry.name() + ": " + entry.summary());
      cli.out().println("Runs in a gateway: bellgate " + entry.name() + " --site SITE [ARGUMENTS]");
      cli.out().println("Add --site of a running gateway to --help for all options.");
      return ExitCode.OK;
    }
  }

  private CommandIndex index() throws IOException {
    Arguments none = Arguments.parse(List.of(), java.util.Set.of(), java.util.Set.of());
    return CommandIndex.of(cli.repositories(cli.config(none)));
  }

  private int overview(PrintStream out) throws IOException {
    out.println("Bellgate " + Program.version() + ": a quantum-safe gateway for industrial IoT");
    out.println();
    out.println("Usage: bellgate COMMAND [ARGUMENTS]");
    out.println();
    for (OwnCommand command : own) {
      out.printf("  %-10s %s%n", command.name(), command.summary());
    }
    List<String> names = own.stream().map(OwnCommand::name).toList();
    List<CommandIndex.Entry> declared =
        index().all().stream().filter(entry -> !names.contains(entry.name())).toList();
    if (!declared.isEmpty()) {
      out.println();
      out.println("Commands of bundles; with --site SITE they run in that site's gateway:");
      declared.forEach(
          entry ->
              out.printf(
                  "  %-10s %s%s%n",
                  entry.name(), entry.summary(), entry.local() ? " (needs no gateway)" : ""));
    }
    out.println();
    out.println("bellgate COMMAND --help explains a command. Exit codes: 0 ok, 1 failed, 2 usage,");
    out.println("3 unreachable, 4 refused.");
    out.println();
    out.println("Examples:");
    out.println("  bellgate demo");
    out.println("  bellgate run --site alice");
    out.println("  bellgate status --site alice");
    return ExitCode.OK;
  }
}
