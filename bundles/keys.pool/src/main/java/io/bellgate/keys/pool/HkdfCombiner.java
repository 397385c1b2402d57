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
 * The combiner, as {@link KeyCombiner} says octet by octet.
 *
 * <p>Stateless; in the gap of a swap there is none.
 */
@Component(service = KeyCombiner.class)
public final class HkdfCombiner implements KeyCombiner {
  private static final byte[] SALT = "bellgate combine 1".getBytes(StandardCharsets.US_ASCII);
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
    byte[] info = info(context, keys);
    byte[] key = expand(prk, info, 1);
    byte[] commitment = expand(prk, info, 2);
    Arrays.fill(prk, (byte) 0);
    return new Combined(Secret.absorb(key), commitment);
  }

  private static byte[] expand(byte[] prk, byte[] info, int which) {
    byte[] own = Arrays.copyOf(info, info.length + 1);
    own[info.length] = (byte) which;
    return Hkdf.expand(prk, own, KEY_OCTETS);
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
    info.writeBytes(ByteBuffer.allocate(4).putInt(keys.size()).array());
    keys.forEach(k -> text(info, k.id().toString()));
    text(info, context.suite());
    text(info, context.sender());
    text(info, context.receiver());
    text(info, context.purpose());
    text(info, Long.toString(context.epoch()));
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
