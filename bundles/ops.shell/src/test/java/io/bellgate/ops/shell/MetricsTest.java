package io.bellgate.ops.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  @Test
  void areTheNumbersOfAStatusWithTheirPlaces() {
    Map<String, Object> one =
        map("name", "device:\"a\"", "state", "healthy", "minEntropy", 0.9, "credited", true);
    Map<String, Object> other = map("name", "b", "state", "failed", "minEntropy", 7.5);
    Map<String, Object> status =
        map(
            "entropy",
            map(
                "restsOn",
                "a text",
                "sources",
                List.of(one, other),
                "drawnOctets",
                12L,
                "problems",
                List.of("x", "y")),
            "peers",
            map("site-b", map("state", "connected")));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Metrics().add(status).print(new PrintStream(out, true, StandardCharsets.UTF_8));
    assertEquals(
        """
        # TYPE bellgate_entropy_sources_state untyped
        bellgate_entropy_sources_state{of="device:\\"a\\"",state="healthy"} 1
        bellgate_entropy_sources_state{of="b",state="failed"} 1
        # TYPE bellgate_entropy_sources_min_entropy untyped
        bellgate_entropy_sources_min_entropy{of="device:\\"a\\""} 0.9
        bellgate_entropy_sources_min_entropy{of="b"} 7.5
        # TYPE bellgate_entropy_sources_credited untyped
        bellgate_entropy_sources_credited{of="device:\\"a\\""} 1
        # TYPE bellgate_entropy_drawn_octets untyped
        bellgate_entropy_drawn_octets 12
        # TYPE bellgate_entropy_problems untyped
        bellgate_entropy_problems 2
        # TYPE bellgate_peers_site_b_state untyped
        bellgate_peers_site_b_state{state="connected"} 1
        """,
        out.toString(StandardCharsets.UTF_8));
  }
}
