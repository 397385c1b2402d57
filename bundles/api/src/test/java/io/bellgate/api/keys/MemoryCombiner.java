package io.bellgate.api.keys;

import io.bellgate.api.bits.Secret;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The combiner for tests, from the text of {@link KeyCombiner} and nothing else. */
public final class MemoryCombiner implements KeyCombiner {
  private static final byte[] SALT = "bellgate combine 1".getBytes(StandardCharsets.US_ASCII);

  /** Has no state. */
  public MemoryCombiner() {}

  private interface Parts {
    void write(DataOutputStream out) throws IOException;
  }

  @Override
  public Combined combine(Context context, List<Key> keys) {
    if (keys.isEmpty() || keys.size() > 4) {
      throw new IllegalArgumentException("one to four keys are combined: keys=" + keys.size());
    }
    byte[] prk =
        hmac(
            SALT,
            octets(
                out -> {
                  for (Key key : keys) {
                    part(out, key.secret().lend(byte[]::clone));
                  }
                }));
    return new Combined(
        Secret.absorb(hmac(prk, info(context, keys, 1))), hmac(prk, info(context, keys, 2)));
  }

  /** The info of one output, and the 0x01 that RFC 5869, 2.3 puts after it for the first block. */
  private static byte[] info(Context context, List<Key> keys, int output) {
    return octets(
        out -> {
          out.writeInt(keys.size());
          for (Key key : keys) {
            part(out, utf8(key.id().toString()));
          }
          part(out, utf8(context.suite()));
          part(out, utf8(context.sender()));
          part(out, utf8(context.receiver()));
          part(out, utf8(context.purpose()));
          part(out, utf8(Long.toString(context.epoch())));
          out.writeByte(output);
          out.writeByte(1);
        });
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void part(DataOutputStream out, byte[] octets) throws IOException {
    out.writeInt(octets.length);
    out.write(octets);
  }

  private static byte[] octets(Parts parts) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try {
      parts.write(new DataOutputStream(octets));
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return octets.toByteArray();
  }

  private static byte[] hmac(byte[] key, byte[] octets) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is there in every JDK", e);
    }
  }
}
