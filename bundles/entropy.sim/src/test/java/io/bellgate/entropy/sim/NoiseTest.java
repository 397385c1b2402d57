package io.bellgate.entropy.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.entropy.sim.Noise.Fault;
import io.bellgate.entropy.sim.Noise.Model;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.BundleContext;

class NoiseTest {
  private static final int OCTETS = 200_000;

  private static byte[] draw(Model model, double parameter, Fault fault) throws IOException {
    byte[] samples = new byte[OCTETS];
    new Noise(model, parameter, 20261125).fill(samples, fault);
    return samples;
  }

  private static double ones(byte[] packed) {
    long ones = 0;
    for (byte octet : packed) {
      ones += Integer.bitCount(octet & 0xff);
    }
    return ones / (8.0 * packed.length);
  }

  private static double repeats(byte[] packed) {
    long repeats = 0;
    int last = -1;
    for (int i = 0; i < 8 * packed.length; i++) {
      int bit = packed[i / 8] >> 7 - i % 8 & 1;
      repeats += bit == last ? 1 : 0;
      last = bit;
    }
    return repeats / (8.0 * packed.length);
  }

  /** Of the likeliest octet. */
  private static double most(byte[] octets) {
    int[] counts = new int[256];
    for (byte octet : octets) {
      counts[octet & 0xff]++;
    }
    return Arrays.stream(counts).max().orElseThrow() / (double) octets.length;
  }

  @ParameterizedTest
  @CsvSource({
    "BITS, 0.5, 1",
    "BITS, 0.52, 0.943416",
    "MARKOV, 0.75, 0.415037",
    "GAUSS, 30, 6.2326"
  })
  void hasTheMinEntropyThatItsModelSays(Model model, double parameter, double bits) {
    assertEquals(bits, model.minEntropy(parameter), 0.0005);
  }

  @Test
  void isDistributedAsItsModelSays() throws IOException {
    assertEquals(0.52, ones(draw(Model.BITS, 0.52, Fault.NONE)), 0.002);
    byte[] markov = draw(Model.MARKOV, 0.75, Fault.NONE);
    assertEquals(0.5, ones(markov), 0.003);
    assertEquals(0.75, repeats(markov), 0.002);
    assertEquals(Math.pow(2, -6.2326), most(draw(Model.GAUSS, 30, Fault.NONE)), 0.001);
  }

  @Test
  void hasFaultsOnRequest() throws IOException {
    assertEquals(Math.sqrt(0.5), ones(draw(Model.BITS, 0.5, Fault.BIASED)), 0.002);
    assertEquals(Math.pow(2, -6.2326 / 2), most(draw(Model.GAUSS, 30, Fault.BIASED)), 0.02);
    assertArrayEquals(new byte[OCTETS], draw(Model.GAUSS, 30, Fault.STUCK));
    byte[] dropped = draw(Model.BITS, 0.5, Fault.DROPOUT);
    assertEquals(0, dropped[OCTETS - 1]);
    assertEquals(0.25, ones(dropped), 0.002);
    byte[] periodic = draw(Model.BITS, 0.5, Fault.PERIODIC);
    assertEquals(periodic[0], periodic[4]);
    Noise noise = new Noise(Model.BITS, 0.5, 1);
    byte[] one = new byte[100];
    byte[] two = new byte[100];
    noise.fill(one, Fault.REPEATED);
    noise.fill(two, Fault.REPEATED);
    assertArrayEquals(one, two);
    noise.fill(two, Fault.REPEATED);
    assertFalse(Arrays.equals(one, two));
  }

  @Test
  void saysThatItIsSimulatedAndStartsInALaboratoryOnly() throws IOException {
    SimulatedSource source = new SimulatedSource(context("true"), settings(Map.of()));
    assertTrue(source.description().simulated());
    assertTrue(source.description().name().startsWith("SIMULATED"));
    NoiseSource.Reading reading = source.open();
    reading.read(new byte[128]);
    reading.close();
    assertThrows(IOException.class, () -> reading.read(new byte[1]));
    String message =
        assertThrows(
                IllegalStateException.class,
                () -> new SimulatedSource(context("false"), settings(Map.of())))
            .getMessage();
    assertTrue(message.startsWith("BG-ENTROPY-021"), message);
    for (Map<String, Object> wrong :
        java.util.List.<Map<String, Object>>of(
            Map.of("parameter", 1.0), Map.of("model", "quantum"), Map.of("fault", "some"))) {
      String why =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new SimulatedSource(context("true"), settings(wrong)))
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-020"), why);
    }
  }

  private static BundleContext context(String lab) {
    return (BundleContext)
        Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (p, m, a) -> lab);
  }

  private static Settings settings(Map<String, Object> values) {
    return (Settings)
        Proxy.newProxyInstance(
            Settings.class.getClassLoader(),
            new Class<?>[] {Settings.class},
            (p, m, a) -> values.getOrDefault(m.getName(), m.getDefaultValue()));
  }
}
