package io.bellgate.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.nodekeys.EnrolConfirmation;
import io.bellgate.nodekeys.EnrolRequest;
import io.bellgate.nodekeys.Enrolment;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCommandTest {
  private static final String KEY = "5a".repeat(32);
  private static final String PRINTED = "identity pump-17#1\nkey " + KEY + "\n";

  @TempDir Path folder;

  /** What a call left. */
  private record Done(int code, String out, String err) {
    JsonObject json() {
      return Json.createReader(new StringReader(out)).readObject();
    }

    Done expect(int expected) {
      assertEquals(expected, code, toString());
      return this;
    }
  }

  /** The operating system's. */
  private record Bits(SecureRandom random) implements RandomBits {
    @Override
    public Secret draw(int octets) {
      byte[] drawn = new byte[octets];
      random.nextBytes(drawn);
      return Secret.absorb(drawn);
    }

    @Override
    public Drawn drawBest(int octets) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void fill(byte[] octets) {
      random.nextBytes(octets);
    }

    @Override
    public Provenance provenance() {
      throw new UnsupportedOperationException();
    }
  }

  private Done run(String in, String... words) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new NodeCommand(new Bits(new SecureRandom()))
            .run(
                new Command.Call(
                    List.of(words),
                    new ByteArrayInputStream(in.getBytes(StandardCharsets.US_ASCII)),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8)));
    String said = out.toString(StandardCharsets.UTF_8);
    String errors = err.toString(StandardCharsets.UTF_8);
    assertFalse((said + errors).contains("5a5a"), "a key is never printed");
    return new Done(code, said, errors);
  }

  private Done node(String... words) throws Exception {
    return run(
        "",
        Stream.concat(
                Arrays.stream(words), Stream.of("--state", folder.resolve("state").toString()))
            .toArray(String[]::new));
  }

  private void begin() throws Exception {
    run(PRINTED, "begin", "pump-17", "--state", folder.resolve("state").toString()).expect(0);
  }

  private static Secret key() {
    return Secret.absorb(HexFormat.of().parseHex(KEY));
  }

  private ScriptedGateway gateway() {
    return new ScriptedGateway().with("pump-17#1", key());
  }

  @Test
  void explainsEachVerb() throws Exception {
    for (String verb :
        List.of("begin", "show", "post", "fetch", "observe", "send", "rotate", "enrol")) {
      Done help = run("", verb, "--help").expect(0);
      assertTrue(help.out().startsWith("usage: bellgate node " + verb), help::out);
      assertTrue(help.out().contains("example"), help::out);
    }
    assertTrue(run("", "--help").expect(0).out().contains("begin NODE"));
    run("").expect(2);
    run("", "dance").expect(2);
  }

  @Test
  void refusesWordsThatMakeNoSense() throws Exception {
    begin();
    for (String words :
        List.of(
            "post hall pump-17 pressure 1",
            "post hall pump-17 pressure 1 --plain --dtls",
            "post hall pump-17 pressure 1 --plain --count 0",
            "post hall pump-17 pressure 1 --plain --count x",
            "post hall pump-17 pressure 1 --plain --type ack",
            "post hall pump-17 pressure 1 --plain --payload x",
            "post hall pump-17 pressure --plain",
            "post hall pump-17 pressure 1 --plain --format 0",
            "post hall pump-17 a?b 1 --plain",
            "post hall pump/17 pressure 1 --plain",
            "post hall --plain",
            "fetch hall pump-17 --plain",
            "fetch hall pump-17 / --oscore --aead AES-GCM",
            "fetch hall pump-17 / --plain --every 3",
            "fetch hall pump-17 / --plain --plain",
            "rotate hall pump-17 --oscore --pool --version 1",
            "observe hall pump-17 / --oscore --renew --rotate-seconds 5",
            "observe hall pump-17 / --oscore --rotate-seconds 2",
            "observe hall pump-17 / --plain --renew",
            "observe hall pump-17 / --oscore --pool",
            "observe hall pump-17 / --oscore --accept cbor",
            "fetch hall pump-17 / --oscore --accept 65536",
            "send hall pump-17 get / --plain",
            "send hall pump-17 post --plain",
            "rotate hall pump-17 --plain",
            "enrol hall pump-17 --plain",
            "enrol hall pump-17 --oscore --suite 1024",
            "begin pump/17",
            "show")) {
      Done refused = node(words.split(" ")).expect(2);
      assertTrue(refused.err().contains("--help"), refused::toString);
    }
    assertEquals(0, node("show", "pump-17", "--json").json().getInt("count"));
  }

  @Test
  void beginsWithWhatWasPrinted() throws Exception {
    Path printed = folder.resolve("printed");
    Files.writeString(printed, PRINTED);
    Files.setPosixFilePermissions(printed, PosixFilePermissions.fromString("rw-r--r--"));
    Done open = node("begin", "pump-17", "--key", printed.toString()).expect(4);
    assertTrue(open.err().contains("BG-NODE-010"), open::err);
    Files.setPosixFilePermissions(printed, PosixFilePermissions.fromString("rw-------"));
    node("begin", "pump-17", "--key", printed.toString(), "--count", "7").expect(0);
    JsonObject shown = node("show", "pump-17", "--json").expect(0).json();
    assertEquals("pump-17#1", shown.getString("identity"));
    assertEquals(7, shown.getInt("count"));
    Done twice = node("begin", "pump-17", "--key", printed.toString()).expect(4);
    assertTrue(twice.err().contains("BG-NODE-015"), twice::err);
    node("begin", "pump-17", "--key", printed.toString(), "--replace").expect(0);
    assertEquals(7, node("show", "pump-17", "--json").json().getInt("count"));
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Done keyless = node("post", "127.0.0.1:1", "pump-17", "pressure", "1", "--oscore").expect(4);
    assertTrue(keyless.err().contains("BG-NODE-013"), keyless::err);
    node("post", "127.0.0.1:1", "pump-17", "pressure", "--csv", "none.csv", "--plain").expect(1);
    node("fetch", "no-such-host.invalid", "pump-17", "/", "--plain").expect(3);
    node("show", "pump-18").expect(1);
  }

  @Test
  void losesWhatNobodyAnswers() throws Exception {
    begin();
    try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String place = "127.0.0.1:" + deaf.getLocalPort();
      for (String protection : List.of("--plain", "--dtls", "--oscore")) {
        String again = protection.equals("--oscore") ? "1" : "0";
        Done lost =
            node(
                    "post",
                    place,
                    "pump-17",
                    "p",
                    "1",
                    protection,
                    "--timeout",
                    "1",
                    "--again",
                    again,
                    "--json")
                .expect(3);
        assertEquals(1, lost.json().getInt("lost"));
        assertEquals(Integer.parseInt(again), lost.json().getInt("repeated"));
      }
      node("rotate", place, "pump-17", "--oscore", "--timeout", "1").expect(3);
    }
    assertEquals(3, node("show", "pump-17", "--json").json().getInt("count"));
  }

  @Test
  void countsOnOverRunsAndRepeatsUnderTheSameCount() throws Exception {
    begin();
    List<String> arrived = Collections.synchronizedList(new ArrayList<>());
    try (ScriptedGateway gateway =
        gateway()
            .posted(
                "telemetry",
                exchange -> {
                  arrived.add(
                      exchange.getRequestText() + exchange.getRequestOptions().getUriQueryString());
                  answer(exchange, arrived.size());
                })
            .start()) {
      String to = gateway.place();
      node("post", to, "pump-17", "pressure", "1.50", "--oscore").expect(0);
      Done second =
          node("post", to, "pump-17", "state", "--payload", "open", "--format", "0", "--oscore");
      assertTrue(second.expect(0).out().contains("posted again 1"), second::toString);
      Done third = node("post", to, "pump-17", "pressure", "on", "--plain", "--count", "2");
      assertTrue(third.expect(4).out().contains("refused 4.03 BG-COAP-007: 1"), third::toString);
      assertTrue(third.err().contains("this node has a key"), third::err);
    }
    assertEquals(
        List.of(
            "{\"seq\":0,\"v\":1.50}",
            "openseq=1",
            "openseq=1",
            "{\"seq\":2,\"v\":\"on\"}",
            "{\"seq\":3,\"v\":\"on\"}"),
        arrived);
  }

  private static void answer(CoapExchange exchange, int number) {
    if (number == 2) {
      Response later = new Response(ResponseCode.SERVICE_UNAVAILABLE);
      later.getOptions().setMaxAge(0);
      exchange.respond(later);
    } else if (number == 4) {
      exchange.respond(
          ResponseCode.FORBIDDEN,
          "{\"error\":\"BG-COAP-007\",\"message\":\"this node has a key\"}");
    } else {
      exchange.respond(ResponseCode.CHANGED);
    }
  }

  @Test
  void saysWhatARowBehindTheOthersLacks() throws Exception {
    Path csv = folder.resolve("rows.csv");
    Files.writeString(csv, "v\n1\n2,3\n");
    try (ScriptedGateway gateway =
        gateway().posted("telemetry", e -> e.respond(ResponseCode.CHANGED)).start()) {
      Done done = node("post", gateway.place(), "pump-17", "p", "--csv", csv.toString(), "--plain");
      assertTrue(done.expect(1).out().contains("acknowledged 1"), done::toString);
      assertTrue(done.err().contains("line=3"), done::err);
    }
  }

  @Test
  void printsNotificationsThatComeInBlocks() throws Exception {
    begin();
    String filling = "x".repeat(3_000);
    ScheduledExecutorService changing = Executors.newSingleThreadScheduledExecutor();
    try (ScriptedGateway gateway = gateway()) {
      CoapResource counting = gateway.counting("large", filling);
      gateway.start();
      changing.scheduleAtFixedRate(counting::changed, 300, 300, TimeUnit.MILLISECONDS);
      for (String protection : List.of("--plain", "--oscore")) {
        Done seen =
            node("observe", gateway.place(), "pump-17", "/large", protection, "--count", "3")
                .expect(0);
        List<String> lines = seen.out().lines().toList();
        assertEquals(3, lines.size(), seen::toString);
        lines.forEach(line -> assertTrue(line.endsWith(filling), line));
      }
    } finally {
      changing.shutdownNow();
    }
  }

  @Test
  void printsNotificationsWithTheirNumbers() throws Exception {
    begin();
    ScheduledExecutorService changing = Executors.newSingleThreadScheduledExecutor();
    try (ScriptedGateway gateway = gateway()) {
      CoapResource counting = gateway.counting("count");
      gateway.got("accept", e -> e.respond("accept=" + e.getRequestOptions().getAccept()));
      gateway.start();
      changing.scheduleAtFixedRate(counting::changed, 20, 20, TimeUnit.MILLISECONDS);
      for (String protection : List.of("--plain", "--oscore")) {
        Done seen =
            node("observe", gateway.place(), "pump-17", "/count", protection, "--count", "5")
                .expect(0);
        List<String> lines = seen.out().lines().toList();
        assertEquals(5, lines.size(), seen::toString);
        long before = -1;
        for (String line : lines) {
          assertTrue(line.matches("[0-9]+  2[.]05  read [0-9]+"), line);
          long number = Long.parseLong(line.split(" ")[0]);
          assertTrue(number > before, seen::out);
          before = number;
        }
      }
      Done not =
          node("observe", gateway.place(), "pump-17", "/.well-known/core", "--plain").expect(4);
      assertTrue(not.err().contains("does not let this be observed"), not::toString);
      for (String accept : List.of("--accept 60", "")) {
        String words = "fetch " + gateway.place() + " pump-17 /accept --oscore " + accept;
        Done got = node(words.strip().split(" ")).expect(0);
        assertTrue(got.out().contains("accept=" + (accept.isEmpty() ? -1 : 60)), got::out);
      }
      Done none = node("fetch", gateway.place(), "pump-17", "/none", "--oscore", "--json");
      assertEquals("4.04", none.expect(4).json().getString("code"));
    } finally {
      changing.shutdownNow();
    }
  }

  @Test
  void sendsWhatIsNoReading() throws Exception {
    begin();
    List<String> arrived = Collections.synchronizedList(new ArrayList<>());
    try (ScriptedGateway gateway =
        gateway()
            .posted(
                "rd",
                exchange -> {
                  arrived.add(
                      exchange.getRequestCode()
                          + " "
                          + exchange.getRequestOptions().getContentFormat()
                          + " "
                          + exchange.getRequestText());
                  exchange.setLocationPath("rd/7");
                  exchange.respond(ResponseCode.CREATED);
                })
            .start()) {
      String[] send = {
        "send",
        gateway.place(),
        "pump-17",
        "post",
        "/rd?et=pump",
        "--oscore",
        "--format",
        "40",
        "--payload",
        "</p>"
      };
      assertTrue(node(send).expect(0).out().startsWith("location /rd/7"));
      Done done = node("send", gateway.place(), "pump-17", "delete", "/rd", "--plain", "--json");
      assertEquals("4.05", done.expect(4).json().getString("code"));
    }
    assertEquals(List.of("POST 40 </p>"), arrived);
  }

  /** An enrolment whose last answer does not come, and the key that came of it. */
  private Secret enrolledInDoubt() throws Exception {
    begin();
    Provider provider = new BouncyCastleProvider();
    AtomicReference<Enrolment> made = new AtomicReference<>();
    try (Secret present = key();
        ScriptedGateway gateway =
            gateway()
                .posted(
                    "enrol",
                    exchange ->
                        EnrolRequest.decode(exchange.getRequestPayload())
                            .ifPresentOrElse(
                                request -> agree(exchange, request, present, provider, made),
                                () -> made.get().confirmedBy(word(exchange))))
                .start()) {
      Done done = node("enrol", gateway.place(), "pump-17", "--oscore", "--timeout", "1").expect(3);
      assertTrue(done.err().contains("both are kept"), done::err);
    }
    JsonObject shown = node("show", "pump-17", "--json").json();
    assertEquals("pump-17#1", shown.getString("identity"));
    assertEquals("enrolled-key-002", shown.getString("maybeIdentity"));
    return made.get().key();
  }

  private static EnrolConfirmation word(CoapExchange exchange) {
    return EnrolConfirmation.decode(exchange.getRequestPayload()).orElseThrow();
  }

  private static void agree(
      CoapExchange exchange,
      EnrolRequest request,
      Secret present,
      Provider provider,
      AtomicReference<Enrolment> made) {
    try (Enrolment.Share share =
        Enrolment.answer(request, provider, provider, new SecureRandom(), 2, "enrolled-key-002")) {
      Enrolment.Answered answered =
          share.join(new Enrolment.Before(present, "pump-17", "pump-17#1"), request);
      made.set(answered.enrolment());
      exchange.respond(ResponseCode.CHANGED, answered.answer().encode());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void goesOnUnderTheNewKeyIfTheGatewayTookIt() throws Exception {
    try (Secret fresh = enrolledInDoubt();
        ScriptedGateway gateway = gateway().with("enrolled-key-002", fresh).start()) {
      node("fetch", gateway.place(), "pump-17", "/.well-known/core", "--oscore").expect(0);
    }
    JsonObject shown = node("show", "pump-17", "--json").json();
    assertEquals("enrolled-key-002", shown.getString("identity"));
    assertEquals(2, shown.getInt("generation"));
    assertFalse(shown.containsKey("maybeIdentity"));
  }

  @Test
  void goesOnUnderTheOldKeyIfTheGatewayDidNotTakeTheNewOne() throws Exception {
    enrolledInDoubt().destroy();
    try (ScriptedGateway gateway = gateway().start()) {
      node("fetch", gateway.place(), "pump-17", "/.well-known/core", "--oscore").expect(0);
    }
    JsonObject shown = node("show", "pump-17", "--json").json();
    assertEquals("pump-17#1", shown.getString("identity"));
    assertFalse(shown.containsKey("maybeIdentity"));
  }

  @Test
  void keepsBothKeysIfTheGatewaySaysNeither() throws Exception {
    enrolledInDoubt().destroy();
    try (ScriptedGateway gateway = new ScriptedGateway().start()) {
      Done neither =
          node("fetch", gateway.place(), "pump-17", "/.well-known/core", "--oscore").expect(4);
      assertTrue(neither.err().contains("BG-NODE-016"), neither::err);
    }
    assertTrue(node("show", "pump-17", "--json").json().containsKey("maybeIdentity"));
  }

  @Test
  void takesNoKeyFromWhoDoesNotHaveItsOwn() throws Exception {
    begin();
    byte[] garbage = new byte[34];
    try (ScriptedGateway gateway =
        gateway()
            .posted("keys", e -> e.respond(ResponseCode.CHANGED, garbage))
            .posted("enrol", e -> e.respond(ResponseCode.CHANGED, garbage))
            .start()) {
      for (String verb : List.of("rotate", "enrol")) {
        Done untrue = node(verb, gateway.place(), "pump-17", "--oscore").expect(4);
        assertTrue(untrue.err().contains("BG-NODE-017"), untrue::err);
      }
      node("rotate", gateway.place(), "pump-17", "--oscore", "--version", "1").expect(4);
    }
    JsonObject shown = node("show", "pump-17", "--json").json();
    assertEquals("pump-17#1", shown.getString("identity"));
    assertFalse(shown.containsKey("maybeIdentity"));
  }
}
