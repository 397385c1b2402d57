package io.bellgate.launcher.generation;

import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.folder.DurableFile;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The generations on disk. {@code current} is a file with a number; it is the only truth about what
 * runs, and it moves by an atomic rename. A generation that is not committed yet lies in {@code
 * N.staged}. Owned by one thread at a time.
 */
public final class GenerationFolder {
  /** How many generations are kept. */
  public static final int KEPT = 10;

  /** After so many starts that were never healthy, the parent is used. */
  public static final int FAILED_STARTS = 3;

  private final Path folder;

  public GenerationFolder(DataFolder data) {
    this.folder = data.generations();
  }

  /** What {@code current} names; empty if there is none or it is unreadable. */
  public OptionalInt current() throws IOException {
    Path file = folder.resolve("current");
    if (!Files.exists(file)) {
      return OptionalInt.empty();
    }
    String text = Files.readString(file).strip();
    return text.matches("[1-9][0-9]{0,8}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** Durable once this returns; a crash before leaves the old value. */
  public void setCurrent(int number) throws IOException {
    DurableFile.write(folder.resolve("current"), number + "\n");
  }

  /** Reads a committed generation; empty if it is not there or damaged. */
  public Optional<Generation> read(int number) {
    return read(folder(number));
  }

  private static Optional<Generation> read(Path folder) {
    Path file = folder.resolve("generation.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Generation.of(JsonDocument.read(file)));
    } catch (Refusal e) {
      System.getLogger(GenerationFolder.class.getName())
          .log(System.Logger.Level.ERROR, e.getMessage());
      return Optional.empty();
    }
  }

  /** Numbers of all committed generations, smallest first. */
  public List<Integer> numbers() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[1-9][0-9]{0,8}"))
          .map(Integer::valueOf)
          .sorted()
          .toList();
    }
  }

  /** A number that no generation, not even a removed one, has had. */
  public int free() throws IOException {
    Path file = folder.resolve("last");
    int last = Files.exists(file) ? number(Files.readString(file)) : 0;
    int highest = numbers().stream().mapToInt(n -> n).max().orElse(0);
    int free = Math.max(last, highest) + 1;
    DurableFile.write(file, free + "\n");
    return free;
  }

  /** Writes a generation that does not count until {@link #commit}. */
  public void stage(Generation generation) throws IOException {
    Path staged = staged(generation.number());
    Files.createDirectories(staged);
    DurableFile.write(staged.resolve("generation.json"), JsonText.pretty(generation.json()));
    DurableFile.syncFolder(folder);
  }

  /** Makes a staged generation the current one. */
  public void commit(int number) throws IOException {
    DurableFile.rename(staged(number), folder(number));
    setCurrent(number);
  }

  public void discard(int number) throws IOException {
    DurableFile.deleteTree(staged(number));
  }

  /**
   * Removes what a crash left: staged generations, and committed ones that never became current.
   */
  public void clean(int current) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().endsWith(".staged")) {
          DurableFile.deleteTree(file);
        }
      }
    }
    for (int number : numbers()) {
      if (number > current && failure(number).isEmpty()) {
        DurableFile.deleteTree(folder(number));
      }
    }
  }

  /** How often a generation was started without becoming healthy since it last was. */
  public int starts(int number) throws IOException {
    Path file = folder(number).resolve("starts");
    return Files.exists(file) ? number(Files.readString(file)) : 0;
  }

  public void setStarts(int number, int starts) throws IOException {
    DurableFile.write(folder(number).resolve("starts"), starts + "\n");
  }

  /** Whether a generation was ever healthy. */
  public boolean proven(int number) {
    return Files.exists(folder(number).resolve("proven"));
  }

  /** Notes that a generation is healthy; its start counter begins anew. */
  public void setProven(int number) throws IOException {
    setStarts(number, 0);
    if (!proven(number)) {
      DurableFile.write(folder(number).resolve("proven"), "");
    }
  }

  /** Why a generation was given up; empty if it was not. */
  public Optional<String> failure(int number) throws IOException {
    Path file = folder(number).resolve("failed");
    return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
  }

  public void markFailed(int number, String reason) throws IOException {
    DurableFile.write(folder(number).resolve("failed"), reason + "\n");
  }

  /** The framework's storage: disposable, emptied at every start. */
  public Path storage(int number) {
    return folder(number).resolve("storage");
  }

  /** Removes all but the last {@link #KEPT} generations, the current one and its parent. */
  public void prune(Generation current) throws IOException {
    List<Integer> numbers = numbers();
    for (int number : numbers.subList(0, Math.max(0, numbers.size() - KEPT))) {
      if (number != current.number() && number != current.parent()) {
        DurableFile.deleteTree(folder(number));
      }
    }
  }

  private static int number(String text) {
    String digits = text.strip();
    return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 0;
  }

  private Path folder(int number) {
    return folder.resolve(Integer.toString(number));
  }

  private Path staged(int number) {
    return folder.resolve(number + ".staged");
  }
}
