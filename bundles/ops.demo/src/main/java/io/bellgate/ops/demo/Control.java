package io.bellgate.ops.demo;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A client of a gateway's control socket: see docs/architecture.md for the frames. */
public final class Control {
  private final Path run;

  Control(Path data) {
    this.run = data.resolve("run");
  }

  /**
   * What a command answered.
   *
   * @param code its exit code
   * @param out its standard output
   * @param err its standard error
   */
  public record Answer(int code, String out, String err) {
    /** Its output as JSON; empty if it is none. */
    public JsonObject json() {
      try (JsonReader reader = Json.createReader(new StringReader(out))) {
        return reader.readObject();
      } catch (JsonException | IllegalStateException e) {
        return JsonObject.EMPTY_JSON_OBJECT;
      }
    }
  }

  /** Runs a command; throws {@link IOException} if the gateway cannot be reached. */
  public Answer run(String... arguments) throws IOException {
    Path pointer = run.resolve("control.path");
    Path socket =
        Files.exists(pointer)
            ? Path.of(Files.readString(pointer).strip())
            : run.resolve("control.sock");
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
      JsonArrayBuilder words = Json.createArrayBuilder();
      for (String argument : arguments) {
        words.add(argument);
      }
      byte[] call =
          Json.createObjectBuilder()
              .add("arguments", words)
              .add("columns", 80)
              .build()
              .toString()
              .getBytes(StandardCharsets.UTF_8);
      out.writeByte(0);
      out.writeInt(call.length);
      out.write(call);
      out.writeByte(2);
      out.writeInt(0);
      out.flush();
      return answer(new DataInputStream(Channels.newInputStream(channel)));
    }
  }

  private static Answer answer(DataInputStream in) throws IOException {
    ByteArrayOutputStream[] streams = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
    while (true) {
      int type = in.readUnsignedByte();
      byte[] octets = new byte[in.readInt()];
      in.readFully(octets);
      if (type == 3) {
        int code = octets[3] & 0xff;
        return new Answer(
            code,
            streams[0].toString(StandardCharsets.UTF_8),
            streams[1].toString(StandardCharsets.UTF_8));
      }
      streams[type == 2 ? 1 : 0].writeBytes(octets);
    }
  }
}
