package io.bellgate.coap.node.blocks;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Response;

/**
 * An error that says why, as a JSON object: {@code error}, a stable code, and {@code message},
 * words. If the words are too many for somebody unknown, the code alone leaves.
 */
public final class Explained extends Response {
  private final String error;

  /**
   * Makes one.
   *
   * @param error a stable code
   * @param message in words
   */
  public Explained(ResponseCode code, String error, String message) {
    super(code);
    this.error = error;
    setPayload(object().add("message", message).build().toString());
    getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_JSON);
  }

  private JsonObjectBuilder object() {
    return Json.createObjectBuilder().add("error", error);
  }

  /** Leaves the words out. */
  void shorten() {
    setPayload(object().build().toString());
  }
}
