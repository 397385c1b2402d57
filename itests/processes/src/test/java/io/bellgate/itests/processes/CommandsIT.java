package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.itests.traffic.Await;
import io.bellgate.nodeline.NodeEndpoint;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bob's operator commands a node of alice, as shipped. */
class CommandsIT {
  private static final String NODE = "pump-17";

  @TempDir Path folder;
  private TwoSites sites;
  private Node node;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    int port = sites.secure();
    sites.run();
    String[] given = sites.alice().ask("nodes", "add", NODE).expect(0).out().strip().split("\\s+");
    node = new Node(given[1], HexFormat.of().parseHex(given[3]), port);
  }

  @AfterEach
  void end() {
    if (node != null) {
      node.endpoint.destroy();
    }
    sites.close();
  }

  /** The node, when it is awake. */
  private static final class Node {
    private final CoapEndpoint endpoint;
    private final String to;

    Node(String identity, byte[] key, int port) {
      try (Secret given = Secret.copyOf(key)) {
        endpoint = NodeEndpoint.dtls(identity, given).coap();
      }
      to = "coaps://127.0.0.1:" + port + "/commands/" + NODE;
    }

    private CoapClient client() {
      return new CoapClient(to).setEndpoint(endpoint).setTimeout(TimeUnit.SECONDS.toMillis(30));
    }

    private CoapResponse say(Request request) throws Exception {
      for (int tried = 0; tried < 20; tried++) {
        CoapResponse answer = client().advanced(request);
        if (answer != null && answer.getCode() != ResponseCode.SERVICE_UNAVAILABLE) {
          return answer;
        }
        TimeUnit.SECONDS.sleep(1);
        Request again = new Request(request.getCode());
        again.setURI(request.getURI());
        again.setPayload(request.getPayload());
        request = again;
      }
      throw new AssertionError("the gateway has nothing to say: " + request);
    }

    CoapResponse poll() throws Exception {
      Request get = new Request(Code.GET);
      get.setURI(to);
      return say(get);
    }

    CoapResponse result(long number, String result) throws Exception {
      Request post = new Request(Code.POST);
      post.setURI(to + "/" + number);
      post.setPayload(result);
      return say(post);
    }
  }

  private static JsonObject json(CoapResponse answer) {
    try (JsonReader reader = Json.createReader(new StringReader(answer.getResponseText()))) {
      return reader.readObject();
    }
  }

  private void send(String payload) throws IOException {
    sites.bob().ask("commands", "send", NODE, "valve", payload).expect(0);
  }

  private JsonArray listed(Gateway gateway, String section) throws IOException {
    return gateway.ask("commands", "list", NODE, "--json").expect(0).json().getJsonArray(section);
  }

  private void awaitWaiting(int number) throws InterruptedException {
    Await.until(
        () -> number + " commands at alice",
        Gateway.HANG,
        () -> listed(sites.alice(), "waiting").size() == number);
  }

  private int sessions(String which) throws IOException {
    return sites.alice().status("coap").getJsonObject("sessions").getInt(which);
  }

  private boolean answered(int commands) throws IOException {
    return listed(sites.bob(), "sent").stream()
            .filter(s -> s.asJsonObject().containsKey("report"))
            .count()
        == commands;
  }

  @Test
  void reachANodeThatSleptThroughASwapAndACrash() throws Exception {
    send("open");
    send("close");
    awaitWaiting(2);
    JsonObject waiting = listed(sites.alice(), "waiting").getJsonObject(0);
    assertEquals("bob", waiting.getString("site"));
    assertEquals("pqc", waiting.getString("protection"), "the quantum link is dark");
    assertTrue(waiting.getJsonObject("evidence").getString("origin").startsWith("PQC{"));
    String next = NextVersion.of("coap.commands", folder).toString();
    CompletableFuture<Gateway.Answer> swap =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return sites.alice().ask("swap", next, "--json");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    int sent = 2;
    while (!swap.isDone() || sent < 6) {
      if (sent < 20) {
        send("step-" + sent++);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertEquals("parked", swap.get().expect(0).json().getString("mode"));
    awaitWaiting(sent);
    assertTrue(node.result(sent + 1L, "too early").getCode() == ResponseCode.NOT_FOUND);
    List<String> done = new ArrayList<>();
    for (CoapResponse now = node.poll(); !json(now).isEmpty(); now = node.poll()) {
      JsonObject command = json(now);
      done.add(command.getString("text"));
      long number = command.getJsonNumber("number").longValue();
      assertEquals(ResponseCode.CHANGED, node.result(number, "ok").getCode());
      if (done.size() == 2) {
        Await.until(() -> "its session is noted", Gateway.HANG, () -> sessions("noted") == 1);
        sites.alice().kill9(); // its session goes on, once it has shown that it is fresh
        sites.alice().start().awaitReady();
        assertEquals(1, sessions("inDoubt"));
      }
      assertEquals(ResponseCode.CHANGED, node.result(number, "ok").getCode(), "as if unheard");
    }
    List<String> expected = new ArrayList<>(List.of("open", "close"));
    for (int i = 2; i < sent; i++) {
      expected.add("step-" + i);
    }
    assertEquals(expected, done);
    int all = sent;
    Await.until(() -> "results at bob", Gateway.HANG, () -> answered(all));
    for (JsonObject one : listed(sites.bob(), "sent").getValuesAs(JsonObject.class)) {
      assertEquals("done", one.getString("state"));
      assertEquals("alice", one.getString("saidBy"));
      assertEquals("ok", one.getJsonObject("report").getString("text"));
    }
    JsonObject status = sites.bob().status("commands");
    assertEquals(all, status.getInt("results"), "exactly once");
    assertEquals(0, status.getInt("resultsOfNoCommand"));
    assertEquals(0, sites.alice().status("commands").getInt("reportsWaiting"));
  }

  @Test
  void reachANodeThatIsAwakeAtOnce() throws Exception {
    LinkedBlockingQueue<CoapResponse> said = new LinkedBlockingQueue<>();
    CoapObserveRelation relation =
        node.client()
            .observeAndWait(
                new CoapHandler() {
                  @Override
                  public void onLoad(CoapResponse response) {
                    said.add(response);
                  }

                  @Override
                  public void onError() {
                    throw new AssertionError("the observation has ended");
                  }
                },
                MediaTypeRegistry.APPLICATION_JSON);
    assertTrue(!relation.isCanceled());
    assertTrue(json(said.poll(30, TimeUnit.SECONDS)).isEmpty());
    send("open");
    JsonObject open = json(said.poll(30, TimeUnit.SECONDS));
    assertEquals("open", open.getString("text"));
    node.result(open.getInt("number"), "is open");
    Await.until(() -> "a result at bob", Gateway.HANG, () -> answered(1));
    assertEquals(
        4,
        sites.alice().ask("commands", "send", NODE, "valve", "open").code(),
        "alice has no rule for commands: refused");
    sites.bob().ask("commands", "send", NODE, "valve", "late", "--expires", "1").expect(0);
    Await.until(() -> "it has expired", Gateway.HANG, () -> answered(2));
    assertEquals("expired", listed(sites.bob(), "sent").getJsonObject(1).getString("state"));
  }

  /** {@code bellgate node}, as somebody types it. */
  private String typed(Path in, String... words) throws Exception {
    List<String> line = new ArrayList<>();
    line.addAll(List.of(Gateway.PROGRAM.resolve("bellgate").toString(), "node"));
    line.addAll(List.of(words));
    line.addAll(List.of("--state", folder.resolve("state").toString()));
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    Gateway.environment(builder.environment(), Path.of(System.getProperty("java.home")));
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(Gateway.HANG.toSeconds(), TimeUnit.SECONDS), "it hangs");
      assertEquals(0, process.exitValue(), Files.readString(out));
      return Files.readString(out);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void reachANodeUnderOscoreAndNoneWithoutProtection() throws Exception {
    String bare = "coap://127.0.0.1:" + sites.coap();
    CoapResponse refused =
        new CoapClient(bare + "/commands/stranger").setTimeout(TimeUnit.SECONDS.toMillis(30)).get();
    assertEquals(ResponseCode.FORBIDDEN, refused.getCode());
    assertEquals("BG-CMD-004", json(refused).getString("error"));
    Path printed = folder.resolve("printed");
    Files.writeString(printed, sites.alice().ask("nodes", "replace", NODE).expect(0).out());
    typed(printed, "begin", NODE);
    send("open");
    awaitWaiting(1);
    Path nothing = Path.of("/dev/null");
    String open = typed(nothing, "fetch", bare, NODE, "/commands/" + NODE, "--oscore");
    assertTrue(open.contains("{\"number\":1,\"resource\":\"valve\",\"format\":0,"), open);
    typed(
        nothing,
        "send",
        bare,
        NODE,
        "post",
        "/commands/" + NODE + "/1?failed",
        "--format",
        "0",
        "--payload",
        "it is stuck",
        "--oscore");
    Await.until(() -> "a result at bob", Gateway.HANG, () -> answered(1));
    JsonObject sent = listed(sites.bob(), "sent").getJsonObject(0);
    assertEquals("failed", sent.getString("state"));
    assertEquals("it is stuck", sent.getJsonObject("report").getString("text"));
    assertEquals(0, sent.getJsonObject("report").getInt("format"));
  }
}
