package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.entropy.device.serial.Uevents.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UeventsTest {
  private static final Path NULL = Path.of("/sys/devices/virtual/mem/null/uevent");

  private static Optional<Event> parse(String message) {
    byte[] octets = message.getBytes(StandardCharsets.UTF_8);
    return Event.parse(octets, octets.length);
  }

  @Test
  void areReadAsTheKernelWritesThem() {
    assertEquals(
        Optional.of(new Event("add", "ttyACM0")),
        parse("add@/devices/x\0ACTION=add\0SUBSYSTEM=tty\0DEVNAME=ttyACM0\0SEQNUM=9\0"));
    assertEquals(
        Optional.of(new Event("bind", "")), parse("bind@/devices/x\0ACTION=bind\0SEQNUM=9\0"));
    for (String other : new String[] {"", "libudev\0", "add@/x\0", "add@/x\0ACTION=remove\0"}) {
      assertEquals(Optional.empty(), parse(other), other);
    }
  }

  @Test
  void mayBeAnything() {
    Random random = new Random(20261126);
    for (int i = 0; i < 10_000; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      Event.parse(noise, noise.length);
    }
  }

  /** The kernel is asked to say that /dev/null has changed, as a plugged device would. */
  @Test
  void comeFromTheKernel() throws Exception {
    assumeTrue(
        Files.isWritable(NULL), "SKIPPED: no right to have the kernel say something: " + NULL);
    BlockingQueue<Event> heard = new LinkedBlockingQueue<>();
    try (Uevents events = new Uevents(heard::add)) {
      assertNotNull(events);
      try {
        Files.writeString(NULL, "change");
      } catch (IOException readOnly) {
        assumeTrue(false, "SKIPPED: " + readOnly.getMessage());
      }
      Event event = heard.poll(30, TimeUnit.SECONDS);
      while (event != null && !event.node().equals("null")) {
        event = heard.poll(30, TimeUnit.SECONDS); // of others
      }
      assertEquals(new Event("change", "null"), event);
    }
  }

  @Test
  void endAtOnce() throws IOException {
    Uevents events;
    try {
      events = new Uevents(event -> {});
    } catch (IOException none) {
      assumeTrue(false, "SKIPPED: " + none.getMessage());
      return;
    }
    assertTimeoutPreemptively(Duration.ofSeconds(2), events::close);
  }
}
