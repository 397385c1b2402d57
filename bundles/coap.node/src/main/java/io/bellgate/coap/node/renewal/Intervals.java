package io.bellgate.coap.node.renewal;

import io.bellgate.coap.node.keys.NodeProfile;
import io.bellgate.nodekeys.Generations;
import java.util.Arrays;
import java.util.List;

/**
 * When nodes are to ask for their next key:
 *
 * <pre>
 * by nonces      seconds of the node's class
 * with the pool  max(seconds of the node's class, nodes * 32 octets / (rate * share))
 * </pre>
 *
 * so that all nodes together take no more than their share of what comes in. Stateless.
 */
public final class Intervals {
  /** The longest: 30 days. */
  public static final int MOST_SECONDS = 30 * 86_400;

  private final int[] seconds;
  private final int sharePercent;

  /**
   * Reads settings.
   *
   * @param lines {@code CLASS=SECONDS}, for each of the device classes
   * @param sharePercent what part of the rate nodes may use, 1 to 100
   * @throws IllegalArgumentException with BG-COAP-028 if they are none
   */
  public Intervals(List<String> lines, int sharePercent) {
    seconds = new int[NodeProfile.CLASSES];
    this.sharePercent = sharePercent;
    for (String line : lines) {
      if (!line.matches("[012]=[1-9][0-9]{0,6}")) {
        throw wrong(lines);
      }
      seconds[line.charAt(0) - '0'] = Integer.parseInt(line.substring(2));
    }
    if (Arrays.stream(seconds).anyMatch(s -> s < 1 || s > MOST_SECONDS)
        || sharePercent < 1
        || sharePercent > 100) {
      throw wrong(lines);
    }
  }

  private static IllegalArgumentException wrong(List<String> lines) {
    return new IllegalArgumentException(
        "BG-COAP-028 rotation.seconds holds CLASS=SECONDS for the classes 0, 1 and 2, at most "
            + MOST_SECONDS
            + ", rotation.share.percent 1 to 100: value="
            + lines);
  }

  /** For a node that rotates by nonces. */
  public int seconds(int deviceClass) {
    return seconds[deviceClass];
  }

  /**
   * For a node that rotates with keys of the pool.
   *
   * @param octetsPerSecond that come into the stock; negative if not measured yet
   * @param nodes that share it
   */
  public int seconds(int deviceClass, double octetsPerSecond, long nodes) {
    return octetsPerSecond < 0
        ? seconds(deviceClass)
        : Math.max(seconds(deviceClass), keySeconds(octetsPerSecond, nodes));
  }

  /** How long it takes until so many keys came in for nodes. */
  int keySeconds(double octetsPerSecond, long keys) {
    double share = octetsPerSecond * sharePercent / 100;
    return (int) Math.min(MOST_SECONDS, Math.ceil(keys * Generations.POOL_OCTETS / share));
  }
}
