package io.bellgate.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a document points to inside the project is there. */
class DeadLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)");

  @TempDir Path scratch;

  private static List<String> dead(Path root, List<Path> documents) throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path document : documents) {
      Matcher link = LINK.matcher(Files.readString(root.resolve(document)));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains(":") && !Files.exists(root.resolve(document).resolveSibling(target))) {
          dead.add(document + ": " + target);
        }
      }
    }
    return dead;
  }

  @Test
  void areInNoDocument() throws Exception {
    List<Path> documents =
        MachinePaths.tracked(Repository.ROOT).stream()
            .filter(file -> file.toString().endsWith(".md"))
            .toList();
    assertEquals(List.of(), dead(Repository.ROOT, documents));
  }

  @Test
  void areSeenWhereTheyAre() throws Exception {
    Path file = Path.of("notes.md");
    Files.writeString(
        scratch.resolve(file), "[here](notes.md#a), [far](https://a.example/b), [gone](gone.md)");
    assertEquals(List.of("notes.md: gone.md"), dead(scratch, List.of(file)));
  }
}
