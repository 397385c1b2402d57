package io.bellgate.coap.node.keys;

import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an operator is shown: each key, then nodes that have none and of which something was said.
 *
 * @param now for ages
 */
record NodeList(List<NodeKey> keys, NodeProfiles profiles, Activity activity, Instant now) {
  JsonArray json() {
    JsonArrayBuilder all = Json.createArrayBuilder();
    keys.forEach(k -> all.add(json(k)));
    keyless().forEach(n -> all.add(describe(Json.createObjectBuilder().add("node", n), n)));
    return all.build();
  }

  private List<String> keyless() {
    Set<String> known = keys.stream().map(NodeKey::node).collect(Collectors.toSet());
    return profiles.all().keySet().stream().filter(n -> !known.contains(n)).sorted().toList();
  }

  private JsonObjectBuilder json(NodeKey key) {
    JsonObjectBuilder object =
        Json.createObjectBuilder()
            .add("node", key.node())
            .add("identity", key.identity())
            .add("generation", key.generation())
            .add("untilSeconds", key.untilSeconds())
            .add("keyBits", 8 * key.key().length())
            .add("origin", key.origin())
            .add("sinceSeconds", key.sinceSeconds())
            .add("usesSinceStart", activity.uses(key.identity()));
    return describe(object, key.node());
  }

  private JsonObjectBuilder describe(JsonObjectBuilder object, String node) {
    object.add("lastSeenMillis", activity.contact(node).lastSeenMillis());
    profiles
        .of(node)
        .ifPresent(
            p ->
                object
                    .add("class", p.deviceClass())
                    .add("level", p.level().word())
                    .add("resources", Json.createArrayBuilder(p.resources()))
                    .add("tags", Json.createArrayBuilder(p.tags())));
    return object;
  }

  List<String> lines() {
    return Stream.concat(
            keys.stream().map(k -> key(k) + "\n" + node(k.node())),
            keyless().stream().map(n -> n + "  no key\n" + node(n)))
        .toList();
  }

  private String key(NodeKey key) {
    return "%s  identity %s, key of %d bits, generation %d, %s, %s, %d uses since start%s"
        .formatted(
            key.node(),
            key.identity(),
            8 * key.key().length(),
            key.generation(),
            key.origin(),
            age(key.sinceSeconds()),
            activity.uses(key.identity()),
            key.untilSeconds() == 0 ? "" : ", until " + Instant.ofEpochSecond(key.untilSeconds()));
  }

  private String age(long sinceSeconds) {
    return sinceSeconds == 0
        ? "of unknown age"
        : Duration.ofSeconds(Math.max(0, now.getEpochSecond() - sinceSeconds)).toDays()
            + " days old";
  }

  private String node(String node) {
    long seen = activity.contact(node).lastSeenMillis();
    Optional<NodeProfile> profile = profiles.of(node);
    return "    "
        + (seen == 0 ? "not seen since start" : "seen " + Instant.ofEpochMilli(seen))
        + profile
            .map(
                p ->
                    ", class %d, level %s, resources %s%s"
                        .formatted(
                            p.deviceClass(),
                            p.level().word(),
                            p.resources().isEmpty() ? "all" : String.join(" ", p.resources()),
                            p.tags().isEmpty() ? "" : ", tags " + String.join(" ", p.tags())))
            .orElse("");
  }
}
