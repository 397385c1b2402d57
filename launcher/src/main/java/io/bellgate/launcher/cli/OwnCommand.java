package io.bellgate.launcher.cli;

import java.util.List;

/** A command that the launcher carries out itself. */
interface OwnCommand {
  String name();

  /** One line. */
  String summary();

  /** Usage, options and examples. */
  String help();

  /**
   * Runs the command.
   *
   * @param line words after the command's name
   * @return exit code
   */
  int run(Cli cli, List<String> line) throws Exception;
}
