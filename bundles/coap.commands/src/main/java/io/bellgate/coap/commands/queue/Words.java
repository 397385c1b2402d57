package io.bellgate.coap.commands.queue;

import io.bellgate.coap.commands.book.Command;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.OptionalInt;

/** How a command is written for its node, and an end for its issuer: docs/wire-format.md. */
public final class Words {
  /** Looked up once: {@code Json.createReader} and its kin search for it at every call. */
  static final JsonProvider JSON = JsonProvider.provider();

  /** No command, in JSON: an object without members. */
  static final byte[] NOTHING_JSON = {'{', '}'};

  /** No command, in CBOR: a map without entries. */
  static final byte[] NOTHING_CBOR = {(byte) 0xa0};

  private static final int DELETE = 0x7f;
  private static final int CBOR_BYTES = 2 << 5;
  private static final int CBOR_TEXT = 3 << 5;
  private static final int CBOR_MAP = 5 << 5;

  private Words() {}

  /**
   * What an end says beside the command.
   *
   * @param state a word
   * @param format content format of the payload, if the node said it
   * @param payload of the node; no octets for none
   * @param error a stable code, or an empty text
   * @param reason in words, or an empty text
   */
  record Ending(String state, OptionalInt format, byte[] payload, String error, String reason) {
    static Ending of(String state) {
      return new Ending(state, OptionalInt.empty(), new byte[0], "", "");
    }
  }

  /** The report to the issuer. */
  static byte[] report(Command command, Ending ending) {
    JsonObjectBuilder report =
        JSON.createObjectBuilder()
            .add("command", command.id().toString())
            .add("node", command.node())
            .add("resource", command.resource())
            .add("state", ending.state())
            .add("number", command.number())
            .add("given", command.given());
    ending.format().ifPresent(format -> report.add("format", format));
    if (ending.payload().length > 0) {
      payload(report, ending.payload());
    }
    if (!ending.error().isEmpty()) {
      report.add("error", ending.error()).add("reason", ending.reason());
    }
    return octets(report.build());
  }

  /** A command for its node, in JSON. */
  static byte[] json(Command command) {
    JsonObjectBuilder words =
        JSON.createObjectBuilder()
            .add("number", command.number())
            .add("resource", command.resource())
            .add("format", command.format());
    payload(words, command.payload());
    return octets(words.build());
  }

  /** A command for its node, in CBOR (RFC 8949): a map from 0 to number, 1, 2, 3 to the rest. */
  static byte[] cbor(Command command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    head(out, CBOR_MAP, 4);
    head(out, 0, 0);
    head(out, 0, command.number());
    head(out, 0, 1);
    byte[] resource = command.resource().getBytes(StandardCharsets.UTF_8);
    head(out, CBOR_TEXT, resource.length);
    out.writeBytes(resource);
    head(out, 0, 2);
    head(out, 0, command.format());
    head(out, 0, 3);
    head(out, CBOR_BYTES, command.payload().length);
    out.writeBytes(command.payload());
    return out.toByteArray();
  }

  /** Section 3: major type and the shortest argument. */
  private static void head(ByteArrayOutputStream out, int major, long argument) {
    if (argument < 24) {
      out.write(major | (int) argument);
      return;
    }
    int octets = argument < 1L << 8 ? 1 : argument < 1L << 16 ? 2 : argument < 1L << 32 ? 4 : 8;
    out.write(major | 24 + Integer.numberOfTrailingZeros(octets));
    out.write(ByteBuffer.allocate(8).putLong(argument).array(), 8 - octets, octets);
  }

  static byte[] error(String code, String reason) {
    return octets(JSON.createObjectBuilder().add("error", code).add("message", reason).build());
  }

  private static byte[] octets(JsonObject json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Text as text, the rest as base64: at most twice as long as the payload. */
  private static void payload(JsonObjectBuilder words, byte[] payload) {
    String text = text(payload);
    if (text.isEmpty() && payload.length > 0) {
      words.add("base64", Base64.getEncoder().encodeToString(payload));
    } else {
      words.add("text", text);
    }
  }

  /** Empty if it is none: UTF-8, no control characters but tabs and ends of lines. */
  private static String text(byte[] payload) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      return text.chars().allMatch(c -> c >= ' ' && c != DELETE || "\t\n\r".indexOf(c) >= 0)
          ? text
          : "";
    } catch (CharacterCodingException e) {
      return "";
    }
  }
}
