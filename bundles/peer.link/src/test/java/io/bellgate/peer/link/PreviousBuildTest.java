package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.api.keys.PublicIdentity;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.component.annotations.Component;

/**
 * The previous protocol version against the last build that spoke it alone, made here from its
 * commit. Needs git with the history, and Maven with that build's libraries at hand.
 */
@Tag("long")
class PreviousBuildTest {
  private static final String COMMIT = "c754689be47d55aae916f155a24b1e53fc636ced";
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  @TempDir static Path build;
  private static URLClassLoader previous;
  private End now;
  private Before before;

  @BeforeAll
  static void make() throws Exception {
    Path sources = build.resolve("sources");
    boolean history =
        run(ROOT, "git", "cat-file", "-e", COMMIT + "^{commit}") == 0
            && run(ROOT, "git", "clone", "-q", "--no-checkout", ROOT + "/.git", sources + "") == 0
            && run(sources, "git", "checkout", "-q", COMMIT) == 0;
    assumeTrue(history, "SKIPPED: no git here that has the commit " + COMMIT);
    int made =
        run(
            sources,
            "mvn",
            "-B",
            "-o",
            "-q",
            "package",
            "-DskipTests",
            "-pl",
            "bundles/api,bundles/peer.link",
            "-am");
    assertEquals(0, made, () -> "the build of " + COMMIT + " said: " + log());
    List<URL> path = new ArrayList<>();
    for (String folder : List.of("peer.link/target/classes", "peer.link/target/test-classes")) {
      path.add(sources.resolve("bundles").resolve(folder).toUri().toURL());
    }
    path.add(sources.resolve("bundles/api/target/classes").toUri().toURL());
    for (Class<?> library :
        List.of(TlsProtocol.class, ASN1Integer.class, PKIStatus.class, Component.class)) {
      path.add(library.getProtectionDomain().getCodeSource().getLocation());
    }
    previous = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static int run(Path folder, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(build.resolve("log").toFile())
              .start();
    } catch (IOException absent) {
      return -1;
    }
    return process.waitFor(10, TimeUnit.MINUTES) ? process.exitValue() : -1;
  }

  private static String log() {
    try {
      return Files.readString(build.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterAll
  static void closeLoader() throws IOException {
    if (previous != null) {
      previous.close();
    }
  }

  @AfterEach
  void close() throws Exception {
    if (now != null) {
      now.close();
    }
    if (before != null) {
      before.close();
    }
  }

  /** An end of the previous build, by reflection: the test's own fixture of that time. */
  private static final class Before {
    private final Object end;

    Before(String site) throws Exception {
      Constructor<?> constructor = type("peer.link.End").getDeclaredConstructor(String.class);
      constructor.setAccessible(true);
      end = constructor.newInstance(site);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
      return previous.loadClass("io.bellgate." + name);
    }

    private static Field field(Object of, String name) throws Exception {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field;
    }

    private ServerSocketChannel listen() throws Exception {
      return (ServerSocketChannel) field(end, "listen").get(end);
    }

    InetSocketAddress address() throws Exception {
      return (InetSocketAddress) listen().getLocalAddress();
    }

    byte[] certificate() throws Exception {
      Object identity = field(end, "identity").get(end);
      return (byte[]) field(identity, "certificate").get(identity);
    }

    @SuppressWarnings("unchecked") // as it is declared there
    void trust(String peer, byte[] certificate) throws Exception {
      Object identity = field(end, "identity").get(end);
      ((Map<String, byte[]>) field(identity, "trusted").get(identity)).put(peer, certificate);
    }

    /** Answers each request of {@code echo} with itself. */
    @SuppressWarnings("unchecked") // as it is declared there
    void echo() throws Exception {
      Object service =
          Proxy.newProxyInstance(
              previous,
              new Class<?>[] {type("api.peer.PeerService")},
              (proxy, method, arguments) ->
                  CompletableFuture.completedFuture((byte[]) arguments[1]));
      ((Map<String, Object>) field(end, "services").get(end)).put("echo", service);
    }

    void start(String peer, InetSocketAddress address) throws Exception {
      Class<?> type = type("peer.link.Settings");
      Object settings =
          Proxy.newProxyInstance(
              previous,
              new Class<?>[] {type},
              (proxy, method, arguments) ->
                  method.getName().startsWith("retry_")
                      ? Integer.valueOf(50)
                      : method.getDefaultValue());
      Constructor<?> links = type("peer.link.Links").getDeclaredConstructors()[0];
      links.setAccessible(true);
      Map<String, Optional<InetSocketAddress>> peers = Map.of(peer, Optional.of(address));
      field(end, "links").set(end, links.newInstance(settings, end, listen(), peers));
    }

    @SuppressWarnings("unchecked") // as it is declared there
    byte[] ask(byte[] body) throws Exception {
      BlockingQueue<Object> sessions = (BlockingQueue<Object>) field(end, "sessions").get(end);
      Object session = sessions.poll(30, TimeUnit.SECONDS);
      Method request =
          type("api.peer.PeerSession").getMethod("request", String.class, byte[].class);
      CompletionStage<byte[]> answer =
          (CompletionStage<byte[]>) request.invoke(session, "echo", body);
      return answer.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    void close() throws Exception {
      ((AutoCloseable) end).close();
    }
  }

  /**
   * Both ends, which trust each other; the one that is of today accepts version 1 if it is told.
   */
  private void connect(String today, String then, int lowest) throws Exception {
    before = new Before(then);
    now = new End(today);
    now.values.put("protocol_lowest", lowest);
    now.identity.trusted.put(
        then, new PublicIdentity(then, before.certificate(), new byte[32], new byte[1_216]));
    before.trust(today, now.identity.own().certificate());
    before.echo();
    now.services.put("echo", (peer, request) -> CompletableFuture.completedFuture(request));
    now.start(Map.of(then, Optional.of(before.address())));
    before.start(today, now.address());
  }

  private void speak() throws Exception {
    byte[] large = new byte[60_000];
    large[59_999] = 7;
    assertArrayEquals(
        large,
        now.session().request("echo", large).toCompletableFuture().get(30, TimeUnit.SECONDS));
    assertArrayEquals(new byte[] {5}, before.ask(new byte[] {5}));
    assertEquals(1, now.links().session(peer()).orElseThrow().version());
  }

  private String peer() {
    return now.identity.trusted.keySet().iterator().next();
  }

  @Test
  void isSpokenByTheEndThatDials() throws Exception {
    connect("alice", "bob", 1);
    speak();
  }

  @Test
  void isSpokenByTheEndThatIsDialled() throws Exception {
    connect("bob", "alice", 1);
    speak();
  }

  @Test
  void isRefusedUnlessItIsAllowed() throws Exception {
    connect("bob", "alice", 2);
    assertTrue(now.awaitStatus("BG-PEER-012").contains("not connected"));
    assertTrue(now.sessions.isEmpty());
  }
}
