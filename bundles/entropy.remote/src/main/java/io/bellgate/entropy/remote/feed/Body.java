package io.bellgate.entropy.remote.feed;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.Function;

/** JSON in answers: whatever is not as expected refuses the answer, and shows nothing of it. */
final class Body {
  private static final JsonProvider JSON = JsonProvider.provider();

  private Body() {}

  /**
   * Reads an answer of status 200.
   *
   * @param read may throw what the JSON library throws for a value that is absent or of another
   *     type
   */
  static <R> R read(Endpoint from, Answer answer, Function<JsonObject, R> read) throws IOException {
    if (answer.status() != 200) {
      throw from.said(answer);
    }
    if (!answer.type().equals("application/json") && !answer.type().endsWith("+json")) {
      throw from.refused("it is not JSON, contentType=" + answer.type());
    }
    try (JsonReader reader = JSON.createReader(new ByteArrayInputStream(answer.body()))) {
      JsonStructure whole = reader.read();
      return read.apply(whole.asJsonObject());
    } catch (Refused e) {
      throw from.refused(e.getMessage());
    } catch (RuntimeException e) {
      throw from.refused("its JSON lacks a value or has one of another type, " + e.getClass());
    } finally {
      answer.wipe();
    }
  }

  /** A rule of the caller's that is broken. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String rule) {
      super(rule, null, false, false);
    }
  }
}
