package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStateTest {
  @TempDir Path folder;

  @Test
  void isTakenOnceAndForItsOwnerOnly() throws Exception {
    Path file = folder.resolve("sessions");
    KeptState kept = new KeptState(file);
    assertEquals(Optional.empty(), kept.take());
    byte[] state = {1, 2, 3};
    kept.keep(state);
    assertArrayEquals(new byte[3], state, "wiped");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertArrayEquals(new byte[] {1, 2, 3}, new KeptState(file).take().orElseThrow());
    assertFalse(Files.exists(file));
    assertEquals(Optional.empty(), kept.take());
  }

  @Test
  void replacesAnOlderOne() {
    KeptState kept = new KeptState(folder.resolve("sessions"));
    kept.keep(new byte[] {1});
    kept.keep(new byte[] {2});
    assertArrayEquals(new byte[] {2}, kept.take().orElseThrow());
  }
}
