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

  private static String printed(Map<String, Object> status) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Metrics().add(status).print(new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Stocks of a pool: one peer has several. Nothing is there twice, whatever the rows are. */
  @Test
  void tellEntriesOfAListApart() {
    Map<String, Object> qkd = map("peer", "bob", "origin", "QKD", "own", 64);
    Map<String, Object> pqc = map("peer", "bob", "origin", "PQC", "own", 32);
    Map<String, Object> same = map("peer", "bob", "origin", "PQC", "own", 16);
    Map<String, Object> nameless = map("own", 8);
    Map<String, Object> inner = map("peer", "carol", "rows", List.of(map("peer", "dave", "n", 1)));
    assertEquals(
        """
        # TYPE bellgate_keys_stocks_own untyped
        bellgate_keys_stocks_own{peer="bob",origin="QKD"} 64
        bellgate_keys_stocks_own{peer="bob",origin="PQC"} 32
        bellgate_keys_stocks_own{peer="bob",origin="PQC",stocks_number="2"} 16
        bellgate_keys_stocks_own{stocks_number="3"} 8
        # TYPE bellgate_keys_stocks_rows_n untyped
        bellgate_keys_stocks_rows_n{peer="carol",rows_peer="dave"} 1
        """,
        printed(map("keys", map("stocks", List.of(qkd, pqc, same, nameless, inner)))));
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
    assertEquals(
        """
        # TYPE bellgate_entropy_sources_state untyped
        bellgate_entropy_sources_state{name="device:\\"a\\"",state="healthy"} 1
        bellgate_entropy_sources_state{name="b",state="failed"} 1
        # TYPE bellgate_entropy_sources_min_entropy untyped
        bellgate_entropy_sources_min_entropy{name="device:\\"a\\""} 0.9
        bellgate_entropy_sources_min_entropy{name="b"} 7.5
        # TYPE bellgate_entropy_sources_credited untyped
        bellgate_entropy_sources_credited{name="device:\\"a\\""} 1
        # TYPE bellgate_entropy_drawn_octets untyped
        bellgate_entropy_drawn_octets 12
        # TYPE bellgate_entropy_problems untyped
        bellgate_entropy_problems 2
        # TYPE bellgate_peers_site_b_state untyped
        bellgate_peers_site_b_state{state="connected"} 1
        """,
        printed(status));
  }
}
