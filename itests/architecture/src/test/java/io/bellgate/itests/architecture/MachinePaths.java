package io.bellgate.itests.architecture;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Looks for paths that exist on somebody's machine only. */
final class MachinePaths {
  private static final Pattern PATH =
      Pattern.compile(
          "(?<![A-Za-z0-9_.$}*])/(?:work|root|home|Users)/[A-Za-z0-9_.]|[A-Z]:\\\\Users");

  private MachinePaths() {}

  /** Files under version control, relative to the root. */
  static List<Path> tracked(Path root) throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "ls-files", "-z")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String names = new String(git.getInputStream().readAllBytes(), "UTF-8");
    if (git.waitFor() != 0) {
      return List.of(); // an unpacked archive of the sources
    }
    List<Path> files = new ArrayList<>();
    for (String name : names.split("\0")) {
      files.add(Path.of(name));
    }
    return files;
  }

  /** {@code FILE:LINE: TEXT} for each line with such a path. */
  static List<String> in(Path root, List<Path> files) throws IOException {
    List<String> findings = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isRegularFile(root.resolve(file))) {
        continue;
      }
      try {
        List<String> lines = Files.readAllLines(root.resolve(file));
        for (int i = 0; i < lines.size(); i++) {
          if (PATH.matcher(lines.get(i)).find()) {
            findings.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
          }
        }
      } catch (MalformedInputException e) {
        continue; // not text
      }
    }
    return findings;
  }
}
