package io.bellgate.launcher.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.BundleBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandIndexTest {
  @TempDir Path folder;

  @Test
  void findsTheCommandsThatManifestsDeclare() throws IOException {
    BundleBuilder.of("a", "1.0.0")
        .header(
            "Provide-Capability",
            "io.bellgate.command;command=\"status\";summary=\"how it is, now; and then\";feature=\"gateway\","
                + "io.bellgate.command;command=demo;summary=\"try it\";feature=demo;local=\"true\","
                + "other;x=y")
        .write(folder.resolve("g/a/1.0.0/a-1.0.0.jar"));
    CommandIndex index = CommandIndex.of(List.of(folder));
    assertEquals(
        List.of("demo", "status"), index.all().stream().map(CommandIndex.Entry::name).toList());
    CommandIndex.Entry status = index.get("status").orElseThrow();
    assertEquals("how it is, now; and then", status.summary());
    assertFalse(status.local());
    assertTrue(index.get("demo").orElseThrow().local());
  }

  @Test
  void passesOverJarsThatAreDamagedOrNoBundles() throws IOException {
    Files.writeString(folder.resolve("bad.jar"), "no jar");
    Files.createDirectories(folder.resolve("folder.jar"));
    assertEquals(List.of(), CommandIndex.of(List.of(folder, folder.resolve("none"))).all());
  }
}
