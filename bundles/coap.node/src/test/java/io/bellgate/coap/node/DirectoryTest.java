package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.node.directory.Registrations;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.Utils;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resource directory, as nodes and those who look them up see it. */
class DirectoryTest {
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final String LINKS =
      "</sensors/temp>;rt=\"temperature-c outdoor\";if=\"sensor\","
          + "<http://www.example.com/t>;anchor=\"/sensors/temp\";rel=\"describedby\"";

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private final Nodes nodes = new Nodes();
  private final List<CoapEndpoint> clients = new ArrayList<>();
  private NodeKeys keys;
  private DatagramSocket plain;
  private DatagramSocket secure;
  private Endpoint endpoint;
  private CoapEndpoint open;
  private CoapEndpoint elsewhere;
  private CoapEndpoint keyed;

  @BeforeEach
  void start() throws Exception {
    keys = new NodeKeys(folder.resolve("nodes.csv"));
    giveKey("n1");
    plain = new LentSocket();
    secure = new LentSocket();
    endpoint =
        new Endpoint(
            plain,
            Optional.of(new Endpoint.Secure(secure, new byte[0])),
            Optional.empty(),
            keys,
            new NodeProfiles(Path.of("no-such-file")),
            () -> null,
            new Renewal(() -> null, () -> null, () -> null, SomeRules.waiting()),
            Map.of(),
            nodes,
            new NodeResources(),
            clock);
    open = client(CoapEndpoint.builder().setInetSocketAddress(address("127.0.0.1")).build());
    elsewhere = client(CoapEndpoint.builder().setInetSocketAddress(address("127.0.0.2")).build());
    keyed = client(CoapEndpoint.builder().setConnector(dtls()).build());
  }

  private static InetSocketAddress address(String address) {
    return new InetSocketAddress(address, 0);
  }

  private CoapEndpoint client(CoapEndpoint client) {
    clients.add(client);
    return client;
  }

  private static DTLSConnector dtls() {
    return new DTLSConnector(
        DtlsConnectorConfig.builder(Configuration.createStandardWithoutFile())
            .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
            .setAdvancedPskStore(new AdvancedSinglePskStore("n1#1", new SecretKeySpec(KEY, "PSK")))
            .build());
  }

  @AfterEach
  void close() {
    clients.forEach(CoapEndpoint::destroy);
    endpoint.close(Duration.ofSeconds(2));
  }

  private void giveKey(String node) throws Exception {
    keys.change(
        all -> {
          all.put(node + "#1", new NodeKey(node, node + "#1", Secret.copyOf(KEY)));
          return true;
        });
  }

  private CoapResponse send(CoapEndpoint from, Code code, String path, String payload)
      throws Exception {
    CoapClient client =
        new CoapClient(
            from == keyed
                ? "coaps://127.0.0.1:" + secure.getLocalPort() + path
                : "coap://127.0.0.1:" + plain.getLocalPort() + path);
    Request request = new Request(code);
    if (!payload.isEmpty()) {
      request.setPayload(payload.getBytes(StandardCharsets.UTF_8));
      request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_LINK_FORMAT);
    }
    return client.setEndpoint(from).setTimeout(20_000L).advanced(request);
  }

  private CoapResponse post(CoapEndpoint from, String path, String payload) throws Exception {
    return send(from, Code.POST, path, payload);
  }

  /** Registers; gives the path of the registration. */
  private String register(CoapEndpoint from, String query, String links) throws Exception {
    CoapResponse response = post(from, "/rd" + query, links);
    assertEquals(ResponseCode.CREATED, response.getCode(), () -> Utils.prettyPrint(response));
    return "/" + response.getOptions().getLocationPathString();
  }

  private String look(String path) throws Exception {
    CoapResponse response = send(open, Code.GET, "/rd-lookup/" + path, "");
    assertEquals(ResponseCode.CONTENT, response.getCode(), () -> Utils.prettyPrint(response));
    assertEquals(
        MediaTypeRegistry.APPLICATION_LINK_FORMAT, response.getOptions().getContentFormat());
    return response.getResponseText();
  }

  private void assertRefused(ResponseCode code, String error, CoapResponse response) {
    assertEquals(code, response.getCode(), response::getResponseText);
    assertTrue(
        response.getResponseText().contains("\"" + error + "\""), response.getResponseText());
  }

  @Test
  void isFoundByItsResourceTypes() throws Exception {
    CoapResponse core = send(open, Code.GET, "/.well-known/core?rt=core.rd*", "");
    assertEquals(
        "</rd>;ct=40;rt=\"core.rd\",</rd-lookup/ep>;ct=40;rt=\"core.rd-lookup-ep\","
            + "</rd-lookup/res>;ct=40;rt=\"core.rd-lookup-res\"",
        core.getResponseText());
  }

  @Test
  void showsWhatANodeRegisteredWithResolvedLinks() throws Exception {
    String path =
        register(open, "?ep=e1&d=hall&lt=600&base=coap://e1.example:61616&et=pump", LINKS);
    assertEquals(
        "<"
            + path
            + ">;ep=\"e1\";d=\"hall\";base=\"coap://e1.example:61616\";rt=\"core.rd-ep\";et=\"pump\"",
        look("ep"));
    assertEquals(
        "<coap://e1.example:61616/sensors/temp>;rt=\"temperature-c outdoor\";if=\"sensor\";"
            + "anchor=\"coap://e1.example:61616\","
            + "<http://www.example.com/t>;rel=\"describedby\";"
            + "anchor=\"coap://e1.example:61616/sensors/temp\"",
        look("res"));
    assertEquals(
        path, register(open, "?ep=e1&d=hall", "</other>"), "the same name, the same place");
    assertEquals(
        "<coap://127.0.0.1:"
            + open.getAddress().getPort()
            + "/other>;anchor=\"coap://127.0.0.1:"
            + open.getAddress().getPort()
            + "\"",
        look("res"));
  }

  @Test
  void findsByEachCriterionAndShowsPages() throws Exception {
    String first = register(open, "?ep=e1&d=hall&base=coap://a&et=pump", LINKS);
    register(open, "?ep=e2&d=yard&base=coap://b&et=fan", "</l>;rt=light;if=sensor,</m>");
    for (String query :
        List.of(
            "ep=e1",
            "ep=e1*&d=hall",
            "d=h*",
            "et=pump",
            "rt=outdoor",
            "rt=temp*",
            "rt=temperature-c&if=sensor",
            "href=" + first,
            "href=coap://a/sensors/*",
            "anchor=coap://a/sensors/temp",
            "base=coap://a")) {
      assertTrue(look("ep?" + query).startsWith("<" + first + ">"), query);
      assertEquals(1, look("ep?" + query).split(",<").length, query);
    }
    assertEquals("", look("ep?rt=temperature-c&if=actuator"));
    assertEquals("", look("ep?ep=e"));
    assertEquals(2, look("ep?if=sensor").split(",<").length);
    assertEquals(2, look("ep?rt=core.rd-ep").split(",<").length);
    assertEquals(
        "<coap://b/l>;rt=\"light\";if=\"sensor\";anchor=\"coap://b\"", look("res?rt=light"));
    assertEquals(2, look("res?ep=e2").split(",<").length);
    assertEquals(4, look("res").split(",<").length);
    assertEquals(look("res?ep=e2"), look("res?page=1&count=2"));
    assertEquals("<coap://b/m>;anchor=\"coap://b\"", look("res?page=3&count=1"));
    assertEquals("", look("res?page=4&count=1"));
    for (String wrong : List.of("page=1", "count=x", "count=1&count=2", "rt", "page=-1&count=1")) {
      assertRefused(
          ResponseCode.BAD_REQUEST,
          "BG-COAP-041",
          send(open, Code.GET, "/rd-lookup/res?" + wrong, ""));
    }
  }

  @Test
  void forgetsARegistrationWhenItsLifetimeIsOver() throws Exception {
    String path = register(open, "?ep=e1&lt=60&base=coap://a", "</x>");
    clock.advance(Duration.ofSeconds(59));
    assertEquals(ResponseCode.CHANGED, post(open, path + "?et=late", "").getCode());
    clock.advance(Duration.ofSeconds(59));
    assertTrue(look("ep?et=late").contains("e1"));
    clock.advance(Duration.ofSeconds(1));
    assertEquals("", look("ep"));
    assertRefused(ResponseCode.NOT_FOUND, "BG-COAP-045", post(open, path, ""));
  }

  @Test
  void changesAndRemovesForTheOneWhoRegistered() throws Exception {
    String path = register(open, "?ep=e1", "</x>");
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(elsewhere, path, ""));
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", send(elsewhere, Code.DELETE, path, ""));
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(elsewhere, "/rd?ep=e1", "</y>"));
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(keyed, path, ""));
    assertRefused(ResponseCode.BAD_REQUEST, "BG-COAP-041", post(open, path + "?ep=e2", ""));
    assertRefused(ResponseCode.BAD_REQUEST, "BG-COAP-041", post(open, path, "</y>"));
    assertEquals(ResponseCode.CHANGED, post(open, path + "?base=coap://moved", "").getCode());
    assertEquals("<coap://moved/x>;anchor=\"coap://moved\"", look("res"));
    assertEquals(ResponseCode.DELETED, send(open, Code.DELETE, path, "").getCode());
    assertEquals("", look("res"));
    assertRefused(ResponseCode.NOT_FOUND, "BG-COAP-045", send(open, Code.DELETE, path, ""));
  }

  @Test
  void keepsTheNamesOfNodesWithKeysForThem() throws Exception {
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(open, "/rd?ep=n1", "</x>"));
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(open, "/rd?ep=n1&d=else", "</x>"));
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(keyed, "/rd?ep=n2", "</x>"));
    String path = register(keyed, "", "</x>");
    assertTrue(
        look("ep?ep=n1").contains("base=\"coaps://127.0.0.1:"), "its own name, from its key");
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", send(open, Code.DELETE, path, ""));
    assertEquals(ResponseCode.CHANGED, post(keyed, path, "").getCode());
    assertEquals(ResponseCode.DELETED, send(keyed, Code.DELETE, path, "").getCode());
  }

  @Test
  void hidesWhoTookANameBeforeItsNodeWasGivenAKey() throws Exception {
    String path = register(open, "?ep=n7", "</x>");
    assertTrue(look("ep").contains("n7"));
    giveKey("n7");
    assertEquals("", look("ep"));
    assertEquals("", look("res"));
    assertRefused(ResponseCode.FORBIDDEN, "BG-COAP-042", post(open, path, ""));
  }

  @Test
  void saysWhatIsWrongWithARegistration() throws Exception {
    for (String query :
        List.of(
            "",
            "?ep=",
            "?ep=" + "e".repeat(64),
            "?ep=a%07",
            "?ep=a&ep=b",
            "?ep=a&lt=59",
            "?ep=a&lt=4294967296",
            "?ep=a&lt=-1",
            "?ep=a&lt=1e3",
            "?ep=a&base=coap:",
            "?ep=a&base=/x",
            "?ep=a&base=coap://h/p",
            "?ep=a&base=coap://h?q",
            "?ep=a&base=coap://u@h",
            "?ep=a&base=coap://[fe80::1]",
            "?ep=a&base=coap://169.254.1.1",
            "?ep=a&rt=x",
            "?ep=a&page=1",
            "?ep=a&x%22y=1",
            "?ep=a&d=")) {
      assertRefused(ResponseCode.BAD_REQUEST, "BG-COAP-041", post(open, "/rd" + query, "</x>"));
    }
    assertRefused(ResponseCode.BAD_REQUEST, "BG-COAP-041", post(open, "/rd?ep=a", "</x"));
    assertRefused(
        ResponseCode.REQUEST_ENTITY_TOO_LARGE,
        "BG-COAP-043",
        post(open, "/rd?ep=a", "</x>;title=\"" + "t".repeat(4_096) + "\""));
    CoapClient client =
        new CoapClient("coap://127.0.0.1:" + plain.getLocalPort() + "/rd?ep=a").setEndpoint(open);
    assertRefused(
        ResponseCode.UNSUPPORTED_CONTENT_FORMAT,
        "BG-COAP-046",
        client.post("[]", MediaTypeRegistry.APPLICATION_JSON));
    assertEquals(ResponseCode.METHOD_NOT_ALLOWED, send(open, Code.GET, "/rd", "").getCode());
    assertRefused(ResponseCode.NOT_FOUND, "BG-COAP-045", post(open, "/rd/a/b", ""));
    assertEquals("", look("ep"));
  }

  @Test
  void asksForPagesWhereAnAnswerWouldBeTooLong() throws Exception {
    String links = "</x>;title=\"" + "t".repeat(4_000) + "\"";
    for (int i = 0; i < 3; i++) {
      register(open, "?ep=e" + i, links);
    }
    assertRefused(
        ResponseCode.BAD_REQUEST, "BG-COAP-041", send(open, Code.GET, "/rd-lookup/res", ""));
    assertTrue(look("res?page=0&count=2").length() > 8_000);
    assertTrue(look("res?page=1&count=2").length() > 4_000);
  }

  @Test
  void keepsItsRegistrationsWhenTheyAreHandedOver() throws Exception {
    String path = register(keyed, "?base=coap://a", LINKS);
    String before = look("res") + look("ep");
    Registrations read = Registrations.load(nodes.registrations().save());
    nodes.registrations(read);
    endpoint.close(Duration.ofSeconds(2));
    plain = new LentSocket();
    endpoint =
        new Endpoint(
            plain,
            Optional.empty(),
            Optional.empty(),
            keys,
            new NodeProfiles(Path.of("no-such-file")),
            () -> null,
            new Renewal(() -> null, () -> null, () -> null, SomeRules.waiting()),
            Map.of(),
            nodes,
            new NodeResources(),
            clock);
    assertEquals(before, look("res") + look("ep"));
    assertTrue(before.contains(path));
  }
}
