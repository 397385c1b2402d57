package io.bellgate.itests.support;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Generations that last as long as the framework: JSON in, JSON out, as the launcher does it. */
final class GenerationsInMemory implements UnaryOperator<String> {
  private final List<String> committed = new ArrayList<>(List.of("start"));
  private String staged;

  @Override
  public synchronized String apply(String request) {
    try (JsonReader reader = Json.createReader(new StringReader(request))) {
      return answer(reader.readObject()).build().toString();
    }
  }

  private JsonObjectBuilder answer(JsonObject request) {
    JsonObjectBuilder answer = Json.createObjectBuilder();
    switch (request.getString("do")) {
      case "stage" -> {
        if (staged != null) {
          return answer.add("error", "already-staged").add("message", staged);
        }
        staged = request.getString("symbolicName");
        answer.add("number", next());
        answer.add("location", Path.of(request.getString("file")).toUri().toString());
      }
      case "commit" -> {
        answer.add("number", next());
        committed.add(staged);
        staged = null;
      }
      case "drop" -> answer.add("number", next());
      case "discard" -> {
        answer.add("number", next());
        staged = null;
      }
      case "current" -> answer.add("number", committed.size());
      case "history" -> {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (int i = 0; i < committed.size(); i++) {
          all.add(Json.createObjectBuilder().add("number", i + 1).add("reason", committed.get(i)));
        }
        answer.add("generations", all);
      }
      default -> answer.add("error", "unknown").add("message", request.toString());
    }
    return answer;
  }

  private int next() {
    return committed.size() + 1;
  }
}
