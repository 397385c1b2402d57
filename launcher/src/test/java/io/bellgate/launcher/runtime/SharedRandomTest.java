package io.bellgate.launcher.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceRegistration;

class SharedRandomTest {
  @TempDir Path folder;
  private OsgiRuntime runtime;

  /** A service as the entropy hub offers, that gives one octet again and again. */
  public static final class Constant extends Provider {
    private static final long serialVersionUID = 1L;

    Constant(int octet) {
      super("Bellgate", "0", "a test");
      putService(
          new Service(this, "SecureRandom", "Bellgate-RBG2", "none", null, null) {
            @Override
            public Object newInstance(Object parameters) {
              return new SecureRandomSpi() {
                private static final long serialVersionUID = 1L;

                @Override
                protected void engineSetSeed(byte[] seed) {}

                @Override
                protected void engineNextBytes(byte[] octets) {
                  Arrays.fill(octets, (byte) octet);
                }

                @Override
                protected byte[] engineGenerateSeed(int octets) {
                  return new byte[octets];
                }
              };
            }
          });
    }
  }

  @BeforeEach
  void start() throws Exception {
    runtime = OsgiRuntime.prepare(folder, Map.of());
    runtime.start(java.util.List.of());
    SharedRandom.register(runtime.context());
  }

  @AfterEach
  void stop() {
    Security.removeProvider("Bellgate");
    runtime.close();
  }

  private ServiceRegistration<?> offer(Provider provider) {
    return runtime
        .context()
        .registerService(
            Provider.class, provider, new Hashtable<>(Map.of("provider.name", "Bellgate")));
  }

  private static byte[] next(SecureRandom random) {
    byte[] octets = new byte[4];
    random.nextBytes(octets);
    return octets;
  }

  @Test
  void asksTheServiceOfTheMomentAndFailsWithoutOne() throws Exception {
    SecureRandom random = SecureRandom.getInstance("Bellgate-RBG2");
    assertThrows(IllegalStateException.class, () -> next(random));
    ServiceRegistration<?> first = offer(new Constant(1));
    assertArrayEquals(new byte[] {1, 1, 1, 1}, next(random));
    first.unregister();
    assertTrue(
        assertThrows(IllegalStateException.class, () -> next(random))
            .getMessage()
            .startsWith("BG-ENTROPY-009"));
    offer(new Constant(2));
    assertArrayEquals(new byte[] {2, 2, 2, 2}, next(random));
    assertArrayEquals(new byte[] {2, 2}, random.generateSeed(2));
    assertThrows(
        IllegalStateException.class, () -> next(SecureRandom.getInstance("Bellgate-RBG3")));
  }

  @Test
  void keepsNothingOfAServiceThatWent() throws Exception {
    SecureRandom random = SecureRandom.getInstance("Bellgate-RBG2");
    Constant provider = new Constant(1);
    WeakReference<Constant> held = new WeakReference<>(provider);
    ServiceRegistration<?> offered = offer(provider);
    next(random);
    offered.unregister();
    offered = null;
    provider = null;
    for (int i = 0; held.get() != null && i < 100; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertNull(held.get());
    assertEquals("Bellgate-RBG2", random.getAlgorithm());
  }

  @Test
  void isNobodysDefault() {
    assertNotEquals("Bellgate", new SecureRandom().getProvider().getName());
  }
}
