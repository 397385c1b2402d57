package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.itests.bridge.InFramework;
import io.bellgate.itests.traffic.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;

/**
 * The driver of the only source is replaced while random bits are read, and nothing else may stand
 * in for it. The kernel's generator plays the hardware.
 */
@ExtendWith(InFramework.class)
class EntropySwapIT {
  private static final String DRIVER = "io.bellgate.entropy.device";
  private static final String RESTS_ON = "RBG2_P(device:/dev/urandom)";

  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong reads = new AtomicLong();
  private volatile boolean done;
  private GatewayUnderTest gateway;

  @Configuration
  static Option[] framework() {
    return Host.framework(EntropySwapIT.class);
  }

  @BeforeEach
  void open() throws Exception {
    gateway =
        new GatewayUnderTest(this)
            .configure("io.bellgate.entropy.hub", Map.of("operating.system", false))
            .configure(
                DRIVER + "~hwrng",
                Map.of(
                    "path",
                    "/dev/urandom",
                    "output",
                    "raw",
                    "sample.bits",
                    8,
                    "min.entropy",
                    6.0,
                    "claim",
                    "none: a stand-in for hardware in a test",
                    "bits.per.second",
                    10_000_000L,
                    "physical",
                    true))
            .start("entropy-device");
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private void read(RandomBits bits, boolean best) {
    while (!done) {
      try {
        (best ? bits.drawBest(32).secret() : bits.draw(32)).destroy();
        reads.incrementAndGet();
      } catch (EntropyFailure none) {
        failures.incrementAndGet();
      }
    }
  }

  @Test
  void noReadFailsWhileTheDriverIsSwapped() throws Exception {
    RandomBits bits = gateway.service(RandomBits.class, null);
    Await.until("seeded", GatewayUnderTest.HANG, () -> rests(bits));
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      boolean best = i == 0;
      Thread reader = new Thread(() -> read(bits, best), "reader-" + i);
      readers.add(reader);
      reader.start();
    }
    for (String version : List.of("0.1.7", "0.1.8")) {
      long before = reads.get();
      gateway.swap(NewVersion.of(DRIVER, version)).expect(0);
      Await.until("read on", GatewayUnderTest.HANG, () -> reads.get() > before + 1_000);
    }
    done = true;
    for (Thread reader : readers) {
      reader.join();
    }
    assertEquals(0, failures.get(), "of " + reads);
    assertEquals(RESTS_ON, bits.provenance().toString());
    assertEquals("0.1.8", gateway.bundle(DRIVER).getVersion().toString());
    assertTrue(reads.get() > 2_000);
  }

  private static boolean rests(RandomBits bits) {
    try {
      return bits.provenance().toString().equals(RESTS_ON);
    } catch (EntropyFailure none) {
      return false;
    }
  }
}
