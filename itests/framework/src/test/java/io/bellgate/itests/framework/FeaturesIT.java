package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.itests.bridge.InFramework;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;

/**
 * Every shipped feature, with all that it requires and the configuration of the site that has it,
 * resolves, and all its components are bound.
 */
@ExtendWith(InFramework.class)
class FeaturesIT {
  private GatewayUnderTest gateway;

  @Configuration
  static Option[] framework() {
    return Host.framework(FeaturesIT.class);
  }

  @BeforeEach
  void open() {
    gateway = new GatewayUnderTest(this);
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void haveATestEach() throws Exception {
    List<String> tests =
        Arrays.stream(FeaturesIT.class.getDeclaredMethods())
            .filter(m -> m.isAnnotationPresent(Test.class))
            .map(m -> m.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .filter(n -> !n.equals("have-a-test-each"))
            .sorted()
            .toList();
    assertEquals(Program.features(), tests);
  }

  @Test
  void base() {
    gateway.awaitBound();
  }

  @Test
  void coap() throws Exception {
    gateway.start("coap").awaitBound();
  }

  @Test
  void commands() throws Exception {
    gateway.start("commands").awaitBound();
  }

  @Test
  void demo() throws Exception {
    gateway.start("demo").awaitBound();
  }

  @Test
  void entropy() throws Exception {
    gateway.start("entropy").awaitBound();
  }

  @Test
  void entropyDevice() throws Exception {
    gateway.start("entropy-device").awaitBound();
  }

  @Test
  void entropyRemote() throws Exception {
    Map<String, Object> absent =
        Map.of("tpm", "/dev/no-such-tpm", "min.entropy", 1.0, "claim", "a test");
    gateway
        .configure("io.bellgate.entropy.remote.tpm", absent)
        .start("entropy-remote")
        .awaitBound();
  }

  @Test
  void entropySim() throws Exception {
    gateway.start("entropy-sim").awaitBound();
  }

  @Test
  void gateway() throws Exception {
    gateway.start("gateway").awaitBound();
  }

  @Test
  void gatewayPqc() throws Exception {
    gateway.start("gateway-pqc").awaitBound();
  }

  @Test
  void keysPool() throws Exception {
    gateway.start("keys-pool").awaitBound();
  }

  @Test
  void keysPqc() throws Exception {
    gateway.start("keys-pqc").awaitBound();
  }

  @Test
  void lab() throws Exception {
    gateway.start("lab").awaitBound();
  }

  @Test
  void node() throws Exception {
    gateway.start("node").awaitBound();
  }

  @Test
  void northFile() throws Exception {
    gateway.start("north-file").awaitBound();
  }

  @Test
  void peerLink() throws Exception {
    gateway.start("peer-link").awaitBound();
  }

  @Test
  void policy() throws Exception {
    gateway.start("policy").awaitBound();
  }

  @Test
  void readings() throws Exception {
    gateway.start("readings").awaitBound();
  }

  @Test
  void router() throws Exception {
    gateway.start("router").awaitBound();
  }

  @Test
  void gatewayQkd() throws Exception {
    gateway.start("gateway-qkd").awaitBound();
  }

  @Test
  void labLink() throws Exception {
    gateway.start("lab-link").awaitBound();
  }

  @Test
  void labOptics() throws Exception {
    gateway.as("optics").start("lab-optics").awaitBound();
  }

  @Test
  void qkdBb84() throws Exception {
    gateway.start("qkd-bb84").awaitBound();
  }

  @Test
  void qkdCascade() throws Exception {
    gateway.start("qkd-cascade").awaitBound();
  }

  @Test
  void qkdLink() throws Exception {
    gateway.start("qkd-link").awaitBound();
  }

  @Test
  void qkdOptics() throws Exception {
    gateway.start("qkd-optics").awaitBound();
  }

  @Test
  void qkdSimulate() throws Exception {
    gateway.start("qkd-simulate").awaitBound();
  }
}
