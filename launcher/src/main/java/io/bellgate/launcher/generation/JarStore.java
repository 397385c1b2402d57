package io.bellgate.launcher.generation;

import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.folder.DurableFile;
import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.folder.Sha256;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the jars of a generation and keeps those that are not in the program folder. */
public final class JarStore {
  private final Program program;
  private final DataFolder data;

  public JarStore(Program program, DataFolder data) {
    this.program = program;
    this.data = data;
  }

  /**
   * The location to note for a jar: where it lies in the program folder, else its copy in the
   * store.
   */
  public String keep(Path jar, String sha256) throws IOException {
    Path absolute = jar.toAbsolutePath().normalize();
    if (absolute.startsWith(program.system())) {
      return program.home().relativize(absolute).toString();
    }
    return copy(absolute, sha256);
  }

  /** Copies a jar into the store, durably, and returns its location. */
  String copy(Path jar, String sha256) throws IOException {
    Path target = data.store().resolve(sha256 + ".jar");
    if (!Files.exists(target) || !Sha256.of(target).equals(sha256)) {
      Path temporary = data.store().resolve(sha256 + ".new");
      Files.copy(jar, temporary, StandardCopyOption.REPLACE_EXISTING);
      if (!Sha256.of(temporary).equals(sha256)) {
        Files.delete(temporary);
        throw new IOException("the file changed while it was copied: file=" + jar);
      }
      DurableFile.sync(temporary);
      DurableFile.rename(temporary, target);
    }
    return data.root().relativize(target).toString();
  }

  /** The jar of a bundle. */
  public Path file(Generation.InstalledBundle bundle) {
    Path root = bundle.location().startsWith("store/") ? data.root() : program.home();
    return root.resolve(bundle.location()).normalize();
  }

  /**
   * Checks every jar of a generation.
   *
   * @throws Refusal naming each jar that is missing or differs (BG-GENERATION-001)
   */
  public void verify(Generation generation) {
    List<Finding> findings = new ArrayList<>();
    for (Generation.InstalledBundle bundle : generation.bundles()) {
      String found = digest(file(bundle));
      if (!found.equals(bundle.sha256())) {
        findings.add(
            Finding.fail(
                "BG-GENERATION-001",
                file(bundle).toString(),
                "a jar is not the one that was installed: generation="
                    + generation.number()
                    + " bundle="
                    + bundle.symbolicName()
                    + " expected="
                    + bundle.sha256()
                    + " found="
                    + found,
                "restore the file, or install the program again"));
      }
    }
    if (!findings.isEmpty()) {
      throw new Refusal(ExitCode.REFUSED, findings);
    }
  }

  private static String digest(Path file) {
    try {
      return Files.isRegularFile(file) ? Sha256.of(file) : "missing";
    } catch (IOException e) {
      return "unreadable";
    }
  }

  /** Removes jars that none of the generations uses. */
  public void collect(Collection<Generation> generations) throws IOException {
    Set<String> used =
        generations.stream()
            .flatMap(generation -> generation.bundles().stream())
            .map(bundle -> file(bundle).getFileName().toString())
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(data.store())) {
      for (Path file : files.toList()) {
        if (!used.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }
}
