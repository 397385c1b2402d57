package io.bellgate.itests.processes;

import jakarta.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A client of a gateway's control socket ({@code docs/architecture.md}): what the command {@code
 * bellgate} is, without a process for each call.
 */
final class Control {
  private static final int CALL = 0;
  private static final int NO_INPUT = 2;
  private static final int ERR = 2;
  private static final int EXIT_CODE = 3;

  private Control() {}

  /** Runs a command of the gateway with this data folder. */
  static Gateway.Answer ask(Path data, List<String> words) throws IOException {
    Path pointer = data.resolve("run/control.path");
    Path socket =
        Files.exists(pointer)
            ? Path.of(Files.readString(pointer).strip())
            : data.resolve("run/control.sock");
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
      byte[] call =
          Json.createObjectBuilder()
              .add("arguments", Json.createArrayBuilder(words))
              .add("columns", 80)
              .build()
              .toString()
              .getBytes(StandardCharsets.UTF_8);
      frame(out, CALL, call);
      frame(out, NO_INPUT, new byte[0]);
      return answer(new DataInputStream(Channels.newInputStream(channel)));
    }
  }

  private static void frame(DataOutputStream out, int type, byte[] octets) throws IOException {
    out.writeByte(type);
    out.writeInt(octets.length);
    out.write(octets);
    out.flush();
  }

  private static Gateway.Answer answer(DataInputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    while (true) {
      int type = in.readUnsignedByte();
      int length = in.readInt();
      if (type == EXIT_CODE) {
        return new Gateway.Answer(
            in.readInt(),
            out.toString(StandardCharsets.UTF_8),
            err.toString(StandardCharsets.UTF_8));
      }
      (type == ERR ? err : out).writeBytes(in.readNBytes(length));
    }
  }
}
