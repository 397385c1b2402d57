package io.bellgate.launcher.cli;

import io.bellgate.launcher.folder.Program;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a command of the launcher works with.
 *
 * @param program program folder
 * @param environment environment variables
 * @param in standard input
 * @param out standard output
 * @param err standard error
 */
public record Cli(
    Program program,
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err) {

  /** Folder of all sites: {@code --config}, {@code $BELLGATE_CONFIG}, or the program's own. */
  Path config(Arguments arguments) {
    String otherwise = environment.getOrDefault("BELLGATE_CONFIG", program.config().toString());
    return Path.of(arguments.value("config", otherwise)).toAbsolutePath().normalize();
  }

  /** Data folder of a site: {@code --data}, or {@link Program#data}. */
  Path data(Arguments arguments, String site) {
    String given = arguments.value("data", "");
    return given.isEmpty() ? program.data(site) : Path.of(given).toAbsolutePath().normalize();
  }

  /** Folders of features: the operator's beside the sites, then the program's. */
  List<Path> featureFolders(Path config) {
    return List.of(config.resolve("features"), program.features());
  }

  /** Folders of jars in Maven layout: the operator's beside the sites, then the program's. */
  List<Path> repositories(Path config) {
    return List.of(config.resolve("system"), program.system());
  }
}
