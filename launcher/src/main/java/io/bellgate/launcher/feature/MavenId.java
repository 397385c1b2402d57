package io.bellgate.launcher.feature;

import io.bellgate.launcher.report.Refusal;
import java.util.regex.Pattern;

/**
 * Maven coordinates {@code group:artifact[:type[:classifier]]:version} (chapter 159, section 2).
 *
 * @param group group id
 * @param artifact artifact id
 * @param type packaging, {@code jar} unless given
 * @param classifier may be empty
 * @param version literal version, never a range
 */
public record MavenId(String group, String artifact, String type, String classifier, String version)
    implements Comparable<MavenId> {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.+-]+");

  public MavenId {
    for (String part : new String[] {group, artifact, type, version}) {
      if (!PART.matcher(part).matches() || part.startsWith(".")) {
        throw new IllegalArgumentException("not a part of Maven coordinates: part=" + part);
      }
    }
  }

  /**
   * Reads the text form.
   *
   * @throws Refusal if it has another form (BG-FEATURE-002)
   */
  public static MavenId parse(String text) {
    String[] parts = text.split(":", -1);
    try {
      return switch (parts.length) {
        case 3 -> new MavenId(parts[0], parts[1], "jar", "", parts[2]);
        case 4 -> new MavenId(parts[0], parts[1], parts[2], "", parts[3]);
        case 5 -> new MavenId(parts[0], parts[1], parts[2], parts[3], parts[4]);
        default -> throw new IllegalArgumentException("wrong number of parts");
      };
    } catch (IllegalArgumentException e) {
      throw Refusal.failed(
          "BG-FEATURE-002",
          "",
          "an id has the form group:artifact[:type[:classifier]]:version: id=" + text,
          "write literal Maven coordinates");
    }
  }

  /** Path in a repository of Maven layout. */
  public String path() {
    String suffix = classifier.isEmpty() ? "" : "-" + classifier;
    return group.replace('.', '/')
        + "/"
        + artifact
        + "/"
        + version
        + "/"
        + artifact
        + "-"
        + version
        + suffix
        + "."
        + type;
  }

  @Override
  public int compareTo(MavenId other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    if (!classifier.isEmpty()) {
      return String.join(":", group, artifact, type, classifier, version);
    }
    return type.equals("jar")
        ? String.join(":", group, artifact, version)
        : String.join(":", group, artifact, type, version);
  }
}
