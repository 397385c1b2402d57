package io.bellgate.launcher.report;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Suggests the names nearest to a mistyped one, by edit distance (Levenshtein). */
public final class Nearest {
  private Nearest() {}

  /** Up to three names within half the length of {@code name}, nearest first. */
  public static List<String> to(String name, Collection<String> known) {
    int bound = Math.max(2, name.length() / 2);
    return known.stream()
        .filter(other -> distance(name, other) <= bound || other.startsWith(name))
        .sorted(
            Comparator.comparingInt((String other) -> distance(name, other))
                .thenComparing(Comparator.naturalOrder()))
        .limit(3)
        .toList();
  }

  /** The advice to print, or {@code otherwise} if nothing is near. */
  public static String advice(String name, Collection<String> known, String otherwise) {
    List<String> near = to(name, known);
    return near.isEmpty() ? otherwise : "did you mean " + String.join(" or ", near) + "?";
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
