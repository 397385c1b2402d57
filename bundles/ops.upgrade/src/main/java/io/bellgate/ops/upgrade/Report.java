package io.bellgate.ops.upgrade;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a swap did.
 *
 * @param symbolicName which bundle
 * @param before version that served before
 * @param after version that serves now
 * @param mode {@code beside} or {@code parked}; {@code library}: its users were parked
 * @param users bundles that were moved to the new version of a library
 * @param generation the generation it was committed as
 * @param format state format handed over; 0 if none
 * @param stateOctets octets handed over
 * @param gapMillis from the parking of the old version to the new one's being bound; 0 for {@code
 *     beside}
 * @param totalMillis from request to commit
 * @param otherBundles other bundles that stopped meanwhile
 * @param otherComponents components of other bundles that were deactivated meanwhile
 */
record Report(
    String symbolicName,
    String before,
    String after,
    String mode,
    List<String> users,
    long generation,
    int format,
    int stateOctets,
    double gapMillis,
    double totalMillis,
    List<String> otherBundles,
    List<String> otherComponents) {

  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("symbolicName", symbolicName);
    map.put("before", before);
    map.put("after", after);
    map.put("mode", mode);
    map.put("users", users);
    map.put("generation", generation);
    map.put("stateFormat", format);
    map.put("stateOctets", stateOctets);
    map.put("gapMillis", gapMillis);
    map.put("totalMillis", totalMillis);
    map.put("blastRadiusBundles", otherBundles);
    map.put("blastRadiusComponents", otherComponents);
    return map;
  }
}
