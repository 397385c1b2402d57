package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import io.bellgate.itests.bridge.InFramework;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** A library is replaced under its users while nodes talk. */
@ExtendWith(InFramework.class)
class LibrarySwapIT {
  private static final String LIBRARY = "bcprov";
  private static final String COORDINATES =
      "org/bouncycastle/bcprov-jdk18on/1.87/bcprov-jdk18on-1.87.jar";
  private static final String USER = "io.bellgate.keys.pqc";
  private static final String OTHER = "bctls";

  private GatewayUnderTest gateway;

  @Configuration
  static Option[] framework() {
    return Host.framework(LibrarySwapIT.class);
  }

  @BeforeEach
  void open() throws Exception {
    gateway = new GatewayUnderTest(this).startLocal("lab-link");
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  /** The versions of the library that a bundle is wired to. */
  private Set<String> wiredTo(String user) {
    Set<String> versions = new TreeSet<>();
    for (BundleWire wire : gateway.bundle(user).adapt(BundleWiring.class).getRequiredWires(null)) {
      Bundle provider = wire.getProvider().getBundle();
      if (provider.getSymbolicName().equals(LIBRARY)) {
        versions.add(provider.getVersion().toString());
      }
    }
    return versions;
  }

  private long installed() {
    return Stream.of(gateway.system().getBundles())
        .filter(b -> b.getSymbolicName().equals(LIBRARY))
        .count();
  }

  private GatewayUnderTest.Swap swapUnderTraffic(Path jar) throws Exception {
    int port = gateway.port("coap");
    try (Load load = Load.endless("library-" + jar.getFileName(), 2, () -> port)) {
      load.awaitAnother(20);
      GatewayUnderTest.Swap swap = gateway.swap(jar);
      load.awaitAnother(20);
      Set<String> accepted = load.finish();
      new Delivered(gateway.data().resolve("north"))
          .awaitExactlyOnce(accepted, GatewayUnderTest.HANG);
      gateway.awaitBound();
      return swap;
    }
  }

  @Test
  void movesThoseUsersWhoseImportsAllowIt() throws Exception {
    Set<String> before = wiredTo(USER);
    GatewayUnderTest.Swap swap =
        swapUnderTraffic(NewVersion.library(COORDINATES, "1.87", "1.95", "none")).expect(0);
    assertEquals("library", swap.report().getString("mode"));
    assertTrue(swap.report().getJsonArray("users").toString().contains(USER), swap.toString());
    assertEquals(List.of(), swap.report().getJsonArray("blastRadiusBundles"));
    assertEquals(List.of(), swap.report().getJsonArray("blastRadiusComponents"));
    assertEquals(Set.of("1.95.0"), wiredTo(USER));
    assertEquals(Set.of("1.84.0"), wiredTo(OTHER), "it takes no other version");
    assertEquals(2, installed(), "what nobody uses any more is gone: " + before);
  }

  @Test
  void leavesAllAsItWasIfAUserCannotServeWithTheNewVersion() throws Exception {
    long before = installed();
    Set<String> wired = wiredTo(USER);
    GatewayUnderTest.Swap swap =
        swapUnderTraffic(
                NewVersion.library(COORDINATES, "1.87", "1.96", "org/bouncycastle/crypto/"))
            .expect(Command.REFUSED);
    assertTrue(swap.report().getString("error").startsWith("BG-SWAP-0"), swap.toString());
    assertEquals(wired, wiredTo(USER));
    assertEquals(before, installed());
  }
}
