package io.bellgate.launcher.socket;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.Objects;

/**
 * A listening socket that a site wants.
 *
 * @param name by which bundles borrow it
 * @param type UDP or TCP
 * @param address literal address or host name to listen on
 * @param port 1 to 65535, or 0 for any free one
 */
public record SocketSpec(String name, Type type, String address, int port) {

  /** Transport of a socket. */
  public enum Type {
    UDP,
    TCP
  }

  public SocketSpec {
    Objects.requireNonNull(type);
    if (name.isEmpty() || address.isEmpty() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "a socket has a name, an address and a port from 0 to 65535: name="
              + name
              + " address="
              + address
              + " port="
              + port);
    }
  }

  /** From checked JSON; the address is 127.0.0.1 unless given. */
  public static SocketSpec of(String name, JsonObject json) {
    JsonString type = json.getJsonString("type");
    JsonNumber port = json.getJsonNumber("port");
    return new SocketSpec(
        name,
        type.getString().equals("udp") ? Type.UDP : Type.TCP,
        json.getString("address", "127.0.0.1"),
        port == null ? 0 : port.intValue());
  }

  public JsonObject json(int boundPort) {
    return Json.createObjectBuilder()
        .add("type", type == Type.UDP ? "udp" : "tcp")
        .add("address", address)
        .add("port", boundPort)
        .build();
  }
}
