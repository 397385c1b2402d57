package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakenOnceTest {
  @TempDir Path folder;

  @Test
  void takesAStateOnceWhoeverAsks() {
    Path file = folder.resolve("taken");
    assertTrue(new TakenOnce(file).take(new byte[] {1}));
    assertFalse(new TakenOnce(file).take(new byte[] {1}));
    assertTrue(new TakenOnce(file).take(new byte[] {2}));
    TakenOnce once = new TakenOnce(file);
    once.giveBack();
    assertTrue(once.take(new byte[] {2}), "nothing was done with it");
  }

  @Test
  void takesNothingThatItCannotRemember() {
    assertFalse(new TakenOnce(folder.resolve("no/such/folder")).take(new byte[] {1}));
  }
}
