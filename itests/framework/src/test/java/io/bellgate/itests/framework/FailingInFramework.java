package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.itests.bridge.InFramework;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;

/** Run by {@link BridgeFailureIT} only: each method ends in another way. */
@ExtendWith(InFramework.class)
class FailingInFramework {
  @Configuration
  static Option[] framework() {
    return Host.framework(FailingInFramework.class);
  }

  @Test
  void fails() {
    assertEquals(1, 2, "seen on the host");
  }

  @Test
  void isAborted() {
    assumeTrue(false, "no such peer");
  }

  @Test
  void succeeds() {}
}
