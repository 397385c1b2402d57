package io.bellgate.coap.readings;

import java.util.regex.Pattern;

/**
 * What measures.
 *
 * @param site whose gateway accepted the readings
 * @param node of that site
 * @param resource of the node
 */
record Source(String site, String node, String resource) {
  private static final Pattern SITE = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Whether there can be such a one; nothing else is kept, and nothing else can be asked for. */
  boolean isPossible() {
    return SITE.matcher(site).matches()
        && NAME.matcher(node).matches()
        && NAME.matcher(resource).matches();
  }
}
