package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.itests.traffic.Delivered;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A node that is made by somebody else: libcoap's client. */
class LibcoapIT {
  private static Optional<Path> client() {
    return Stream.of("coap-client-notls", "coap-client")
        .flatMap(
            name ->
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Test
  void postsReadings() throws Exception {
    Optional<Path> client = client();
    assumeTrue(client.isPresent(), "no coap-client on the PATH (Debian: libcoap3-bin)");
    try (TwoSites sites = TwoSites.start()) {
      Set<String> posted = new TreeSet<>();
      for (int sequence = 0; sequence < 10; sequence++) {
        String said = post(client.get(), sites, sequence);
        assertTrue(said.isBlank(), said);
        posted.add("libcoap/" + sequence);
      }
      new Delivered(sites.bob().north()).awaitExactlyOnce(posted, Gateway.HANG);
    }
  }

  /** Prints nothing for 2.04 without a payload; an error with its code otherwise. */
  private static String post(Path client, TwoSites sites, int sequence) throws Exception {
    Path out = sites.config().resolveSibling("libcoap.txt");
    Process process =
        new ProcessBuilder(
                client.toString(),
                "-m",
                "post",
                "-t",
                "application/json",
                "-B",
                "20",
                "-e",
                "{\"seq\":" + sequence + ",\"v\":1.0,\"u\":\"hPa\"}",
                "coap://127.0.0.1:" + sites.coap() + "/telemetry/libcoap/pressure")
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the client hangs");
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(out);
  }
}
