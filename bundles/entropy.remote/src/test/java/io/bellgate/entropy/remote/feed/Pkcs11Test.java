package io.bellgate.entropy.remote.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SoftHSM2 as a real module where it is installed; the build gives it a token of its own. */
class Pkcs11Test {
  private static Path softHsm() throws Exception {
    Path found =
        Stream.of(
                "/usr/lib/softhsm/libsofthsm2.so",
                "/usr/lib64/pkcs11/libsofthsm2.so",
                "/usr/lib64/softhsm/libsofthsm2.so")
            .map(Path::of)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElse(null);
    boolean tool =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "softhsm2-util")));
    assumeTrue(found != null && tool, "no SoftHSM2 here (Debian package softhsm2)");
    Path configuration = Path.of(System.getenv("SOFTHSM2_CONF"));
    Path tokens = Files.createDirectories(configuration.resolveSibling("softhsm2-tokens"));
    Files.writeString(
        configuration, "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
    try (Stream<Path> made = Files.list(tokens)) {
      if (made.findAny().isEmpty()) {
        makeToken();
      }
    }
    return found;
  }

  private static void makeToken() throws Exception {
    String command = "softhsm2-util --init-token --free --label test --so-pin 1234 --pin 1234";
    Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), said);
  }

  @Test
  void readsASoftHsmTokenAndRegistersNothing() throws Exception {
    Pkcs11 token = new Pkcs11(softHsm().toString(), 0);
    List<Provider> before = List.of(Security.getProviders());
    assertTrue(token.reach().endsWith("libsofthsm2.so#0"));
    byte[] one = token.next(1);
    byte[] two = token.next(4_096);
    assertTrue(one.length > 32, "what is shorter comes from a cache of the JDK's");
    assertFalse(Arrays.equals(one, Arrays.copyOf(two, one.length)));
    assertFalse(token.hardware());
    assertEquals(before, List.of(Security.getProviders()));
    token.reach(); // again, as after a failure
    assertEquals(4L, token.status().get("requests"));
  }

  @Test
  void saysThatAModuleIsNotThere() throws Exception {
    String absent =
        assertThrows(IOException.class, () -> new Pkcs11("/no/such/module.so", 0).reach())
            .getMessage();
    assertTrue(absent.startsWith("BG-ENTROPY-056"), absent);
  }

  @Test
  void saysThatASlotOfSoftHsmIsNotThere() throws Exception {
    String module = softHsm().toString();
    String slot =
        assertThrows(IOException.class, () -> new Pkcs11(module, 99).reach()).getMessage();
    assertTrue(slot.startsWith("BG-ENTROPY-056") && slot.contains("slotIndex=99"), slot);
    String before =
        assertThrows(IOException.class, () -> new Pkcs11(module, 0).next(1)).getMessage();
    assertTrue(before.startsWith("BG-ENTROPY-056"), before);
  }

  @Test
  void refusesAFileThatIsNoModule() throws Exception {
    Path file = Files.createTempFile("not-a-module", ".so");
    try {
      String message =
          assertThrows(IOException.class, () -> new Pkcs11(file.toString(), 0).reach())
              .getMessage();
      assertTrue(message.startsWith("BG-ENTROPY-056"), message);
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void takesNoLineOfConfigurationInAName() {
    for (String library : new String[] {"/lib/a.so\nslot=1", "lib/a.so", "/lib/a b.so"}) {
      assertThrows(IllegalArgumentException.class, () -> new Pkcs11(library, 0), library);
    }
    assertThrows(IllegalArgumentException.class, () -> new Pkcs11("/lib/a.so", -1));
  }
}
