package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.APPLICATION_LINK_FORMAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ETSI CoAP#4, TD_COAP_LINK_01 to 09: finding resources (RFC 6690). */
class PlugtestLinkTest {
  private PlugtestServer server;
  private RawClient client;

  @BeforeEach
  void open() throws IOException {
    server = new PlugtestServer();
    client = server.client();
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** Target to attributes; values here hold neither a comma nor a semicolon. */
  private Map<String, String> links(String path, String... query) throws IOException {
    Request first = client.get(path);
    Arrays.stream(query).forEach(first.getOptions()::addUriQuery);
    assertEquals(APPLICATION_LINK_FORMAT, client.ask(first).getOptions().getContentFormat());
    Map<String, String> links = new TreeMap<>();
    for (String link : new String(client.fetch(path, query), UTF_8).split(",")) {
      int end = link.indexOf('>');
      if (end > 0) {
        links.put(link.substring(1, end), link.substring(end + 1));
      }
    }
    return links;
  }

  private Set<String> found(String query) throws IOException {
    return links("/.well-known/core", query).keySet();
  }

  @Test
  void TD_COAP_LINK_01_listsWhatItServes() throws IOException {
    Map<String, String> links = links("/.well-known/core");
    assertTrue(
        links
            .keySet()
            .containsAll(
                Set.of(
                    "/telemetry",
                    "/keys",
                    "/test",
                    "/validate",
                    "/create1",
                    "/seg1",
                    "/seg1/seg2/seg3",
                    "/query",
                    "/location-query",
                    "/multi-format",
                    "/separate",
                    "/large",
                    "/large-update",
                    "/large-create",
                    "/large-post",
                    "/obs",
                    "/obs-non",
                    "/obs-reset",
                    "/obs-large",
                    "/obs-pumping",
                    "/obs-pumping-non",
                    "/link1",
                    "/path")),
        links::toString);
    assertTrue(links.get("/obs").contains(";obs"), links::toString);
  }

  @Test
  void TD_COAP_LINK_02_findsOneType() throws IOException {
    assertEquals(Set.of("/telemetry"), found("rt=" + Edition.RESOURCE_TYPE));
    assertEquals(Set.of("/link1", "/link3"), found("rt=Type1"));
    assertEquals(Set.of(), found("rt=Type9"));
  }

  @Test
  void TD_COAP_LINK_03_findsWhateverHasAType() throws IOException {
    Map<String, String> links = links("/.well-known/core", "rt=*");
    assertTrue(
        links.keySet().containsAll(Set.of("/telemetry", "/link1", "/link2", "/link3")),
        links::toString);
    assertTrue(links.values().stream().allMatch(l -> l.contains(";rt")), links::toString);
  }

  @Test
  void TD_COAP_LINK_04_findsATypeAmongSeveral() throws IOException {
    assertEquals(Set.of("/link1", "/link2"), found("rt=Type2"));
  }

  @Test
  void TD_COAP_LINK_05_findsInterfacesByTheirBeginning() throws IOException {
    assertEquals(Set.of("/link1", "/link2"), found("if=If*"));
    assertEquals(Set.of("/link3"), found("if=foo"));
  }

  @Test
  void TD_COAP_LINK_06_findsWhateverHasASize() throws IOException {
    assertEquals(Set.of("/large", "/link1", "/link2"), found("sz=*"));
  }

  @Test
  void TD_COAP_LINK_07_findsOneTarget() throws IOException {
    assertEquals(Set.of("/link1"), found("href=/link1"));
  }

  @Test
  void TD_COAP_LINK_08_findsTargetsByTheirBeginning() throws IOException {
    assertEquals(Set.of("/link1", "/link2", "/link3", "/link4"), found("href=/link*"));
  }

  @Test
  void TD_COAP_LINK_09_describesAFolderByItsLinks() throws IOException {
    assertTrue(links("/.well-known/core").get("/path").contains(";ct=40"));
    assertEquals(Set.of("/path/sub1", "/path/sub2", "/path/sub3"), links("/path").keySet());
    assertEquals("/path/sub1", client.ask(client.get("/path/sub1")).getPayloadString());
  }
}
