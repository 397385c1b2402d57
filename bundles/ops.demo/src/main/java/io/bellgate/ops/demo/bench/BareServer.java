package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Jars;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/**
 * The base line: a Californium server with the settings of {@code coap.node} that answers 2.04 to
 * everything and does nothing else, as a process of its own with the JVM options of a gateway.
 */
final class BareServer implements AutoCloseable {
  private static final String USUAL_OPTIONS =
      "-Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError";

  private final Process process;
  private final int port;

  /** Starts the process and waits for its port. */
  BareServer(Path program) throws IOException {
    String options = System.getenv().getOrDefault("BELLGATE_JAVA_OPTS", USUAL_OPTIONS);
    List<String> command =
        Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                Stream.of(options.split(" ")),
                Stream.of("-cp", classPath(program), BareServer.class.getName()))
            .flatMap(words -> words)
            .toList();
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String line =
        new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (line == null) {
      throw new IOException("the bare server did not start: " + command);
    }
    port = Integer.parseInt(line);
  }

  private static String classPath(Path program) throws IOException {
    try (Stream<Path> files = Files.walk(program.resolve("system"))) {
      String libraries =
          files
              .map(Path::toString)
              .filter(
                  f ->
                      f.matches(
                          ".*/(californium-core|element-connector|slf4j-api|slf4j-jdk14)-[0-9.]*\\.jar"))
              .collect(Collectors.joining(":"));
      return Jars.shipped(program, "ops.demo") + ":" + libraries;
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Serves until its standard input ends. */
  public static void main(String[] arguments) throws IOException {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
    Configuration configuration =
        new Configuration()
            .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
            .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, 16)
            .set(CoapConfig.MAX_ACTIVE_PEERS, 10_000)
            .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
            .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
            .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
            .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
    CoapServer server = new CoapServer(configuration);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    server.addEndpoint(endpoint);
    server.add(new Anything());
    server.start();
    System.out.println(endpoint.getAddress().getPort());
    while (System.in.read() >= 0) {
      continue; // the parent writes nothing; the end of the stream is its end
    }
    server.destroy();
  }

  private static final class Anything extends CoapResource {
    Anything() {
      super("telemetry");
    }

    @Override
    public Resource getChild(String name) {
      return this;
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
      exchange.respond(ResponseCode.CHANGED);
    }
  }
}
