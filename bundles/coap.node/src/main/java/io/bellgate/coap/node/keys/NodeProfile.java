package io.bellgate.coap.node.keys;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an operator says of a node: nothing of it is secret.
 *
 * @param deviceClass 0, 1 or 2 (RFC 7228, section 3)
 * @param level how it must reach the gateway
 * @param resources what it may post to, {@code *} for any characters; empty for everything
 * @param tags the operator's own words
 */
public record NodeProfile(int deviceClass, Level level, List<String> resources, List<String> tags) {
  /** An ID of a node. */
  static final String NODE = "[A-Za-z0-9._-]{1,64}";

  /** Of a node of which nobody said anything. */
  public static final NodeProfile DEFAULT = new NodeProfile(1, Level.NONE, List.of(), List.of());

  /** How many device classes there are. */
  public static final int CLASSES = 3;

  private static final int MOST_WORDS = 32;
  private static final String PATTERN = "[A-Za-z0-9._*-]{1,64}";
  private static final String TAG = "[!-+\\--~]{1,64}"; // neither space nor comma

  /** How a node must reach the gateway; beside this, a node that has a key speaks under it. */
  public enum Level {
    /** Nothing more is demanded. */
    NONE,
    /** Over DTLS. */
    DTLS,
    /** Under OSCORE. */
    OSCORE,
    /** In one of the two ways. */
    ANY_PROTECTED;

    /** In files and in commands. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether it is met.
     *
     * @param ingress how the node reached the gateway, {@code none} for unprotected
     */
    public boolean metBy(String ingress) {
      boolean dtls = ingress.startsWith("DTLS");
      boolean oscore = ingress.startsWith("OSCORE");
      return switch (this) {
        case NONE -> true;
        case DTLS -> dtls;
        case OSCORE -> oscore;
        case ANY_PROTECTED -> dtls || oscore;
      };
    }
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if there is no such class, or a word is none
   */
  public NodeProfile {
    resources = List.copyOf(resources);
    tags = List.copyOf(tags);
    if (deviceClass < 0 || deviceClass >= CLASSES) {
      throw new IllegalArgumentException("a class is 0, 1 or 2 (RFC 7228): class=" + deviceClass);
    }
    words(resources, PATTERN, "a resource has letters, digits, . _ - and *");
    words(tags, TAG, "a tag has no spaces and no commas");
  }

  private static void words(List<String> words, String pattern, String rule) {
    if (words.size() > MOST_WORDS) {
      throw new IllegalArgumentException("there are at most " + MOST_WORDS + " words");
    }
    for (String word : words) {
      if (!word.matches(pattern)) {
        throw new IllegalArgumentException(rule + ": value=" + word);
      }
    }
  }

  /**
   * Reads the words of a file or a command; an empty one says nothing.
   *
   * @param resources separated by spaces
   * @param tags separated by spaces
   * @throws IllegalArgumentException if one is wrong
   */
  static NodeProfile of(String deviceClass, String level, String resources, String tags) {
    if (!deviceClass.isEmpty() && !deviceClass.matches("[0-9]")) {
      throw new IllegalArgumentException("a class is 0, 1 or 2 (RFC 7228): class=" + deviceClass);
    }
    return new NodeProfile(
        deviceClass.isEmpty() ? DEFAULT.deviceClass() : deviceClass.charAt(0) - '0',
        level.isEmpty() ? DEFAULT.level() : level(level),
        split(resources),
        split(tags));
  }

  private static Level level(String word) {
    return Arrays.stream(Level.values())
        .filter(l -> l.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a level is none, dtls, oscore or any-protected: level=" + word));
  }

  private static List<String> split(String words) {
    return words.isBlank() ? List.of() : List.of(words.strip().split(" +"));
  }

  /** Whether it may post to a resource. */
  public boolean allows(String resource) {
    return resources.isEmpty() || resources.stream().anyMatch(p -> matches(p, resource));
  }

  private static boolean matches(String pattern, String resource) {
    int star = pattern.indexOf('*');
    return star < 0 ? pattern.equals(resource) : regex(pattern).matcher(resource).matches();
  }

  private static Pattern regex(String pattern) {
    return Pattern.compile(
        Arrays.stream(pattern.split("\\*+", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*")));
  }

  /** The same with another level. */
  NodeProfile at(Level other) {
    return new NodeProfile(deviceClass, other, resources, tags);
  }

  /** Columns behind the node, as {@link NodeProfiles} has them. */
  String columns() {
    return deviceClass
        + ","
        + level.word()
        + ","
        + String.join(" ", resources)
        + ","
        + String.join(" ", tags);
  }
}
