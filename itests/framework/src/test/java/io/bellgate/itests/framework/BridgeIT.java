package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.bridge.InFramework;
import javax.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;

/** The machinery itself: tests run in the framework, with services injected. */
@ExtendWith(InFramework.class)
class BridgeIT {
  @Inject BundleContext context;
  @Inject ConfigurationAdmin configurations;
  private boolean prepared;

  @Configuration
  static Option[] framework() {
    return Host.framework(BridgeIT.class);
  }

  @BeforeEach
  void prepare() {
    prepared = FrameworkUtil.getBundle(BridgeIT.class) != null;
  }

  @Test
  void runsInTheFramework() {
    assertNotNull(FrameworkUtil.getBundle(BridgeIT.class));
    assertNotNull(context);
    assertTrue(prepared, "what comes before each test runs where the test runs");
  }

  @Test
  void injectsServices() {
    assertNotNull(configurations);
  }
}
