package io.bellgate.coap.node;

import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/**
 * The part of a payload that the gateway reads: a JSON object with the node's own count {@code
 * seq}.
 */
final class Reading {
  /** Looked up once: {@code Json.createReader} searches for it at every call. */
  private static final JsonProvider JSON = JsonProvider.provider();

  private Reading() {}

  /**
   * The sequence.
   *
   * @param payload from a node
   * @return at least 0
   * @throws Refusal with BG-COAP-003 if the payload is no JSON object with a whole {@code seq}
   */
  static long sequence(byte[] payload) {
    try (JsonReader reader =
        JSON.createReader(
            new StringReader(
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString()))) {
      JsonObject object = reader.readObject();
      JsonValue seq = object.get("seq");
      if (!(seq instanceof JsonNumber number)
          || !number.isIntegral()
          || number.longValueExact() < 0) {
        throw new Refusal(
            ResponseCode.BAD_REQUEST,
            "BG-COAP-003",
            "a reading has a whole number `seq` of at least 0");
      }
      return number.longValueExact();
    } catch (CharacterCodingException
        | JsonException
        | IllegalStateException
        | ArithmeticException
        | ClassCastException e) {
      throw new Refusal(
          ResponseCode.BAD_REQUEST, "BG-COAP-003", "a reading is a JSON object: " + firstLine(e));
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
