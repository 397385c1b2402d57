package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Load;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The memory of a gateway at work is searched for secrets whose octets are known: those in its
 * files. What may be found is listed in docs/threat-model.md.
 */
class HeapDumpIT {
  /** Octets of a secret that are looked for: none has so many in common with anything by chance. */
  private static final int MARKER_OCTETS = 24;

  private TwoSites sites;
  private byte[] pairing;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    sites.insatiable();
    sites.run();
    sites.optics().start().awaitReady();
    try (JsonReader reader = Json.createReader(new StringReader(sites.pair()))) {
      pairing = Base64.getDecoder().decode(reader.readObject().getString("octets"));
    }
  }

  @AfterEach
  void end() {
    sites.close();
  }

  @Test
  void holdsNoSecretOfItsFilesBeyondThoseThatItWorksWith() throws Exception {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    assumeTrue(Files.isExecutable(jcmd), "no jcmd in this Java runtime");
    Gateway alice = sites.alice();
    Await.until(
        () -> "a channel under a key of the quantum link: " + peers(alice),
        Gateway.HANG,
        () -> peers(alice).contains("QKD_PQC"));
    try (Load load = Load.start("node", 2, sites::coap, 50)) {
      load.join();
    }
    Path dump = alice.data().resolve("heap.hprof");
    Process process =
        new ProcessBuilder(
                jcmd.toString(), Long.toString(alice.pid()), "GC.heap_dump", dump.toString())
            .redirectErrorStream(true)
            .redirectOutput(alice.data().resolve("jcmd.log").toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0);
    Map<String, byte[]> markers = markers(alice.data().resolve("secrets"));
    markers.put("a tag key that was used", Arrays.copyOf(pairing, MARKER_OCTETS));
    markers.put(
        "a tag key that waits in the pool",
        Arrays.copyOfRange(pairing, pairing.length - MARKER_OCTETS, pairing.length));
    assertTrue(markers.size() >= 6, "secrets that are looked for: " + markers.keySet());
    markers.put("control", "io.bellgate.peer.link.TlsLink".getBytes(StandardCharsets.US_ASCII));
    Set<String> found = found(dump, markers);
    Files.delete(dump);
    assertTrue(found.remove("control"), "the search finds what is there");
    assertEquals(
        Set.of("identity/1/ed25519.seed", "identity/1/x-wing.seed", "pool.key"),
        found,
        "the keys that it works with, and no other");
  }

  private static String peers(Gateway gateway) {
    try {
      return gateway.status("peers").toString();
    } catch (IOException | AssertionError e) {
      return e.toString();
    }
  }

  /** The first octets of each secret file that holds nothing but a secret. */
  private static Map<String, byte[]> markers(Path secrets) throws IOException {
    Map<String, byte[]> markers = new LinkedHashMap<>();
    try (var files = Files.walk(secrets)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        byte[] octets = Files.readAllBytes(file);
        if (file.toString().endsWith(".seed") || file.toString().endsWith(".key")) {
          int from = Math.max(0, octets.length - MARKER_OCTETS);
          markers.put(
              secrets.relativize(file).toString(), Arrays.copyOfRange(octets, from, octets.length));
        }
      }
    }
    return markers;
  }

  private static Set<String> found(Path dump, Map<String, byte[]> markers) throws IOException {
    Set<String> found = new TreeSet<>();
    int part = 1 << 20;
    byte[] window = new byte[part + 64];
    int kept = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(dump), part)) {
      for (int read = in.readNBytes(window, kept, part);
          read > 0;
          read = in.readNBytes(window, kept, part)) {
        int length = kept + read;
        for (Map.Entry<String, byte[]> marker : markers.entrySet()) {
          if (contains(window, length, marker.getValue())) {
            found.add(marker.getKey());
          }
        }
        kept = Math.min(64, length);
        System.arraycopy(window, length - kept, window, 0, kept);
      }
    }
    return found;
  }

  private static boolean contains(byte[] window, int length, byte[] marker) {
    for (int at = 0; at + marker.length <= length; at++) {
      if (window[at] == marker[0]
          && Arrays.equals(window, at, at + marker.length, marker, 0, marker.length)) {
        return true;
      }
    }
    return false;
  }
}
