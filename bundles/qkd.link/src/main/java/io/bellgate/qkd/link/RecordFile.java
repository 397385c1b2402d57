package io.bellgate.qkd.link;

import jakarta.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Block records on disk, one JSON object a line: {@code blocks.jsonl}, and {@code blocks.1.jsonl}
 * with the ones before. Bounded. For one thread.
 */
final class RecordFile {
  private static final long MOST_OCTETS = 1 << 20;

  private final Path file;
  private final Path before;

  RecordFile(Path folder) {
    file = folder.resolve("blocks.jsonl");
    before = folder.resolve("blocks.1.jsonl");
  }

  /** Appends; a disk that cannot be written costs the record and nothing else. */
  void append(BlockRecord record) {
    try {
      Files.createDirectories(file.getParent());
      if (Files.exists(file) && Files.size(file) > MOST_OCTETS) {
        Files.move(file, before, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.writeString(
          file,
          json(record) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException failed) {
      System.getLogger(RecordFile.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "a block record cannot be written: file=" + file,
              failed);
    }
  }

  static String json(BlockRecord record) {
    return Json.createObjectBuilder(record.asMap()).build().toString();
  }
}
