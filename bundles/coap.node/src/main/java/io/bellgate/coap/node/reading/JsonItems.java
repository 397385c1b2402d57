package io.bellgate.coap.node.reading;

import jakarta.json.JsonException;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** Reads one JSON text (RFC 8259), of which no object has two members of one name. */
final class JsonItems {
  /** Looked up once: {@code Json.createParser} searches for it at every call. */
  private static final JsonProvider JSON = JsonProvider.provider();

  private final JsonParser parser;

  private JsonItems(JsonParser parser) {
    this.parser = parser;
  }

  static Item read(String text) {
    try (JsonParser parser = JSON.createParser(new StringReader(text))) {
      Item item = new JsonItems(parser).item(parser.next(), 0);
      if (parser.hasNext()) {
        throw new Malformed("a payload ends after its JSON text");
      }
      return item;
    } catch (JsonException | IllegalStateException | NoSuchElementException e) {
      throw new Malformed("a payload is one JSON text (RFC 8259)");
    }
  }

  private Item item(Event event, int depth) {
    if (depth > Item.MOST_DEPTH) {
      throw new Malformed("JSON nests at most " + Item.MOST_DEPTH + " deep");
    }
    return switch (event) {
      case START_OBJECT -> members(depth);
      case START_ARRAY -> elements(depth);
      case VALUE_STRING -> new Item.Text(parser.getString());
      case VALUE_NUMBER -> Item.Number.of(parser.getString());
      case VALUE_TRUE -> new Item.Flag(true);
      case VALUE_FALSE -> new Item.Flag(false);
      case VALUE_NULL -> new Item.Other();
      default -> throw new IllegalStateException("no item begins so");
    };
  }

  private Item elements(int depth) {
    List<Item> values = new ArrayList<>();
    for (Event next = parser.next(); next != Event.END_ARRAY; next = parser.next()) {
      values.add(item(next, depth + 1));
    }
    return new Item.Elements(values);
  }

  private Item members(int depth) {
    Map<Object, Item> values = new HashMap<>();
    for (Event next = parser.next(); next != Event.END_OBJECT; next = parser.next()) {
      String name = parser.getString();
      if (values.put(name, item(parser.next(), depth + 1)) != null) {
        throw new Malformed("an object has one member of a name");
      }
    }
    return new Item.Members(values);
  }
}
