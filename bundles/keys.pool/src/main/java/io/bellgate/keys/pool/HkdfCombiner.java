package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyCombiner;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The combiner: HKDF-SHA-256 (RFC 5869) with the salt {@code bellgate combiner 1}. The info is key
 * IDs (as text), suite, sender, receiver, purpose (UTF-8), epoch (8 octets), each after its length
 * in 4 octets. Of the 64 octets of output the first 32 are the key, the others its commitment: what
 * follows the key in HKDF says nothing about it, and is bound to it by HMAC-SHA-256.
 *
 * <p>Stateless; in the gap of a swap there is none.
 */
@Component(service = KeyCombiner.class)
public final class HkdfCombiner implements KeyCombiner {
  private static final byte[] SALT = "bellgate combiner 1".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_OCTETS = 32;
  private static final int MOST_KEYS = 4;

  /** Made by Declarative Services. */
  @Activate
  public HkdfCombiner() {}

  @Override
  public Combined combine(Context context, List<Key> keys) {
    if (keys.isEmpty() || keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "one to " + MOST_KEYS + " keys are combined: keys=" + keys.size());
    }
    byte[] input = input(keys);
    byte[] prk = Hkdf.extract(SALT, input);
    Arrays.fill(input, (byte) 0);
    byte[] output = Hkdf.expand(prk, info(context, keys), 2 * KEY_OCTETS);
    Arrays.fill(prk, (byte) 0);
    byte[] key = Arrays.copyOf(output, KEY_OCTETS);
    byte[] commitment = Arrays.copyOfRange(output, KEY_OCTETS, 2 * KEY_OCTETS);
    Arrays.fill(output, (byte) 0);
    return new Combined(Secret.absorb(key), commitment);
  }

  private static byte[] input(List<Key> keys) {
    int octets = keys.stream().mapToInt(k -> 4 + k.secret().length()).sum();
    ByteBuffer input = ByteBuffer.allocate(octets);
    for (Key key : keys) {
      input.putInt(key.secret().length());
      key.secret().use(input::put);
    }
    return input.array();
  }

  private static byte[] info(Context context, List<Key> keys) {
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    keys.forEach(k -> text(info, k.id().toString()));
    text(info, context.suite());
    text(info, context.sender());
    text(info, context.receiver());
    text(info, context.purpose());
    part(info, ByteBuffer.allocate(8).putLong(context.epoch()).array());
    return info.toByteArray();
  }

  private static void text(ByteArrayOutputStream info, String text) {
    part(info, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void part(ByteArrayOutputStream info, byte[] part) {
    info.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
    info.writeBytes(part);
  }
}
