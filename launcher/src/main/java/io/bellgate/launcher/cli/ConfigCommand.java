package io.bellgate.launcher.cli;

import java.util.List;

/** stub. */
final class ConfigCommand implements OwnCommand {
  @Override
  public String name() {
    return "config";
  }

  @Override
  public String summary() {
    return "stub";
  }

  @Override
  public String help() {
    return "";
  }

  @Override
  public int run(Cli cli, List<String> line) {
    return 0;
  }
}
