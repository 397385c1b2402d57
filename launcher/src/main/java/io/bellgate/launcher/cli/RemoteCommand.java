package io.bellgate.launcher.cli;

import io.bellgate.launcher.control.ControlClient;
import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.report.Refusal;
import io.bellgate.launcher.socket.ControlPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A command of a bundle, run in the gateway of a site. */
final class RemoteCommand {
  private static final Set<String> OURS = Set.of("--site", "--data", "--config");

  private final String name;

  RemoteCommand(String name) {
    this.name = name;
  }

  /** Takes {@code --site}, {@code --data} and {@code --config} out and passes the rest on. */
  int run(Cli cli, List<String> line) throws IOException {
    List<String> ours = new ArrayList<>();
    List<String> rest = new ArrayList<>(List.of(name));
    for (int i = 0; i < line.size(); i++) {
      String word = line.get(i);
      if (OURS.contains(word)) {
        ours.add(word);
        if (++i < line.size()) {
          ours.add(line.get(i));
        }
      } else if (OURS.contains(word.split("=", 2)[0])) {
        ours.add(word);
      } else {
        rest.add(absolute(word));
      }
    }
    Arguments arguments = Arguments.parse(ours, Set.of("site", "data", "config"), Set.of());
    DataFolder data = data(cli, arguments);
    ControlClient.Streams streams = new ControlClient.Streams(cli.in(), cli.out(), cli.err());
    return new ControlClient(ControlPath.find(data)).run(rest, columns(cli), streams);
  }

  /** A file here, by its path there: the gateway's working folder is another one. */
  private static String absolute(String word) {
    boolean path = word.contains("/") || word.matches(".+\\.(jar|identity|revocation)");
    return path && Files.isRegularFile(Path.of(word))
        ? Path.of(word).toAbsolutePath().normalize().toString()
        : word;
  }

  private static DataFolder data(Cli cli, Arguments arguments) {
    if (arguments.has("data")) {
      return new DataFolder(cli.data(arguments, ""));
    }
    String site = arguments.site(cli);
    io.bellgate.launcher.config.Site.requireName(site);
    DataFolder data = new DataFolder(cli.data(arguments, site));
    if (!Files.isDirectory(data.run())) {
      throw Refusal.unreachable(
          "the site has never run here: site=" + site + " data=" + data.root(),
          "bellgate run --site " + site + ", or give --data");
    }
    return data;
  }

  private static int columns(Cli cli) {
    String columns = cli.environment().getOrDefault("COLUMNS", "");
    return columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : 80;
  }
}
