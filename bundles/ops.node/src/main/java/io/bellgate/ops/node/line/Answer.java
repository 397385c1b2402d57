package io.bellgate.ops.node.line;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;

/**
 * What a gateway answered.
 *
 * @param code for example {@code 2.04}
 * @param success whether it did what was asked
 * @param payload its octets
 * @param format its CoAP Content-Format, -1 for none
 * @param maxAgeSeconds how long it holds; after 5.03: when to ask again
 * @param observe its number, -1 if it is no notification
 * @param location of what was made, from the root; empty if nothing was
 */
public record Answer(
    String code,
    boolean success,
    byte[] payload,
    int format,
    long maxAgeSeconds,
    int observe,
    String location) {
  private static final String LATER = ResponseCode.SERVICE_UNAVAILABLE.text;

  /** What Californium read. */
  static Answer of(Response response) {
    return new Answer(
        response.getCode().text,
        response.getCode().isSuccess(),
        response.getPayload(),
        response.getOptions().getContentFormat(),
        response.getOptions().getMaxAge(),
        response.getOptions().hasObserve() ? response.getOptions().getObserve() : -1,
        response.getOptions().getLocationPathCount() == 0
            ? ""
            : "/" + response.getOptions().getLocationPathString());
  }

  /** Whether it means: not now. */
  public boolean isLater() {
    return code.equals(LATER);
  }

  /** The payload as text. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** The code, and the gateway's own code if it gave one: {@code 4.03 BG-COAP-007}. */
  public String reason() {
    return (code + " " + error("error", "BG-[A-Z]+-[0-9]{3}")).strip();
  }

  /** The code and what the gateway said of it. */
  public String explained() {
    return (reason() + " " + error("message", "[^\\p{Cntrl}]{1,400}")).strip();
  }

  private String error(String member, String form) {
    try (JsonReader reader = Json.createReader(new StringReader(text()))) {
      JsonObject object = reader.readObject();
      String value = object.getString(member, "");
      return value.matches(form) ? value : "";
    } catch (JsonException | ClassCastException none) {
      return "";
    }
  }
}
