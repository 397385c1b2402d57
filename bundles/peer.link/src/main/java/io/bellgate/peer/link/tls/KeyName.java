package io.bellgate.peer.link.tls;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identity of a pre-shared key on the wire (RFC 9846, 4.3.11), in clear text: {@code bellgate/2
 * FORM GROUP INITIATOR RESPONDER EPOCH KEY}. Everything in it goes into the derivation of the key:
 * whoever changes it fails at the binder.
 *
 * @param form {@link #QKD} or {@link #SESSION}
 * @param group name of the group
 * @param initiator the site that dials
 * @param responder the site that answers
 * @param epoch the initiator's policy epoch
 * @param key a key ID of the pool, or a name inside a session
 */
public record KeyName(
    String form, String group, String initiator, String responder, long epoch, String key) {
  /** A key of the quantum link, once. */
  public static final String QKD = "qkd";

  /** Derived from a connection of the same session. */
  public static final String SESSION = "session";

  private static final Pattern TEXT =
      Pattern.compile(
          "bellgate/2 (qkd|session) ([A-Za-z0-9]{1,24}) ([a-z0-9-]{1,40}) ([a-z0-9-]{1,40})"
              + " ([0-9]{1,18}) ([0-9a-f:-]{1,80})");

  @Override
  public String toString() {
    return String.join(
        " ", "bellgate/2", form, group, initiator, responder, Long.toString(epoch), key);
  }

  byte[] octets() {
    return toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads what a peer sent.
   *
   * @throws Refused if it is no such name
   */
  static KeyName read(byte[] octets) throws Refused {
    Matcher m = TEXT.matcher(new String(octets, StandardCharsets.ISO_8859_1));
    if (octets.length > 256 || !m.matches()) {
      throw new Refused("BG-PEER-010 a pre-shared key has a name of this protocol");
    }
    KeyName name =
        new KeyName(
            m.group(1), m.group(2), m.group(3), m.group(4), Long.parseLong(m.group(5)), m.group(6));
    if (!name.toString().equals(new String(octets, StandardCharsets.ISO_8859_1))) {
      throw new Refused("BG-PEER-010 the name of a pre-shared key is written in one way only");
    }
    return name;
  }
}
