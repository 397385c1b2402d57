package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

/**
 * The bootstrap secret of a pair of sites: tag keys for the time before the link has made its own,
 * and for rounds that give nothing. Somebody carries it from one site to the other; who reads it on
 * the way can pose as either site to the link until it is used up.
 *
 * @param from the site that drew it
 * @param to the site it is carried to
 * @param block its ID in both pools
 * @param octets the secret; the holder destroys it
 */
record Pairing(String from, String to, UUID block, Secret octets) implements AutoCloseable {
  private static final String FORMAT = "bellgate pairing 1";
  private static final Duration LIFE = Duration.ofDays(3650);
  private static final KeyOrigin CARRIED =
      new KeyOrigin(
          KeyOrigin.Kind.PRESHARED, false, false, Map.of(KeyOrigin.MADE, KeyOrigin.CARRIED));

  /** The most tags for each direction: what one draw of random bits gives. */
  static final int MOST_TAGS = 1024;

  /** Draws one. */
  static Pairing draw(RandomBits random, String from, String to, int tags) {
    return new Pairing(
        from,
        to,
        BlockIds.drawPairing(random),
        random.drawBest(2 * tags * KeyPool.CHUNK_OCTETS).secret());
  }

  /**
   * Reads one.
   *
   * @param json wiped
   * @throws IllegalArgumentException with code BG-LINK-020 if it is no pairing, or damaged
   */
  static Pairing parse(byte[] json) {
    byte[] octets = {};
    try (JsonReader reader = Json.createReader(new ByteArrayInputStream(json))) {
      JsonObject object = reader.readObject();
      octets = Base64.getDecoder().decode(object.getString("octets"));
      UUID block = UUID.fromString(object.getString("block"));
      if (!object.getString("format").equals(FORMAT)
          || !object.getString("check").equals(check(octets))
          || octets.length == 0
          || octets.length % (2 * KeyPool.CHUNK_OCTETS) != 0
          || !BlockIds.isPairing(block)) {
        throw new IllegalArgumentException("format, check, length or block is wrong");
      }
      return new Pairing(
          object.getString("from"), object.getString("to"), block, Secret.copyOf(octets));
    } catch (JsonException
        | IllegalArgumentException
        | NullPointerException
        | ClassCastException e) {
      throw new IllegalArgumentException("BG-LINK-020 this is no pairing, or it is damaged");
    } finally {
      Arrays.fill(json, (byte) 0);
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** Its text form: secret. The caller wipes it. */
  byte[] json() {
    return octets.lend(
        o ->
            Json.createObjectBuilder()
                .add("format", FORMAT)
                .add("secret", "whoever reads this can pose as either site; destroy it after use")
                .add("from", from)
                .add("to", to)
                .add("block", block.toString())
                .add("octets", Base64.getEncoder().encodeToString(o))
                .add("check", check(o))
                .build()
                .toString()
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static String check(byte[] octets) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(octets);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", impossible);
    }
  }

  /** Tags for each direction. */
  int tags() {
    return octets.length() / 2 / KeyPool.CHUNK_OCTETS;
  }

  /** Puts it into this end's pool. Doing it again does nothing. */
  void deposit(KeyPool pool, String peer) {
    pool.deposit(new KeyBlock(block, peer, CARRIED, octets, LIFE));
    pool.confirm(peer, block);
  }

  @Override
  public void close() {
    octets.destroy();
  }

  /** Tells no secret. */
  @Override
  public String toString() {
    return "Pairing[" + from + " to " + to + ", " + tags() + " tags each way]";
  }
}
