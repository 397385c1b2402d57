package io.bellgate.oscore;

import io.bellgate.api.bits.Secret;
import io.bellgate.oscore.OscorePeer.RequestId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.scandium.util.SecretUtil;

/**
 * An OSCORE security context (RFC 8613, section 3) with HKDF-SHA-256: keys, sequence numbers, the
 * replay window. Thread safe.
 *
 * <p>A context whose window is not known (after a power cut) takes a request only when it carries
 * the Echo value that was sent a moment ago (Appendix B.1.2).
 *
 * <p>Security: AES-CCM and HMAC-SHA-256 (computational); no forward secrecy against somebody who
 * learns the master secret later. A nonce is used once as long as the {@link SenderSequence} keeps
 * its promise and the window of a context in use is never set back.
 */
public final class SecurityContext {
  /** The most octets of an ID: 7, with a nonce of 13. */
  public static final int MOST_ID_OCTETS = Aead.NONCE_OCTETS - 6;

  private static final byte[] NOTHING = {};
  private static final byte[] FINGERPRINT = "bellgate window".getBytes(StandardCharsets.US_ASCII);
  private static final long CHALLENGE_NANOS = 60_000_000_000L;
  private static final byte[] ENCRYPT0 = "Encrypt0".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final Parameters parameters;
  private final SecretKey senderKey;
  private final SecretKey recipientKey;
  private final byte[] commonIv;
  private final SenderSequence sequence;
  private Optional<ReplayWindow> window = Optional.of(new ReplayWindow());
  private Optional<byte[]> challenge = Optional.empty();
  private long challengedNanos;
  private final ReentrantReadWriteLock keys = new ReentrantReadWriteLock();
  private final long fingerprint;
  private boolean destroyed;

  /**
   * What both ends share.
   *
   * @param masterSalt empty for none
   * @param idContext if it is used
   * @param senderId 0 to 7 octets
   * @param recipientId 0 to 7 octets, another
   * @param aead the same at both ends
   */
  public record Parameters(
      byte[] masterSalt,
      Optional<byte[]> idContext,
      byte[] senderId,
      byte[] recipientId,
      Aead aead) {
    /**
     * Checks the IDs.
     *
     * @throws IllegalArgumentException if they are too long or the same
     */
    public Parameters {
      if (senderId.length > MOST_ID_OCTETS
          || recipientId.length > MOST_ID_OCTETS
          || Arrays.equals(senderId, recipientId)) {
        throw new IllegalArgumentException(
            "the two IDs of a context differ and have at most " + MOST_ID_OCTETS + " octets");
      }
    }
  }

  /**
   * Derives the keys. Its window is that of a new context: nothing arrived yet.
   *
   * @param name who is at the other end, for the one who asks
   * @param masterSecret lent for the call
   * @param sequence of what this end sends
   */
  public SecurityContext(
      String name, Secret masterSecret, Parameters parameters, SenderSequence sequence) {
    this.name = name;
    this.parameters = parameters;
    this.sequence = sequence;
    byte[] prk = masterSecret.lend(s -> hmac(salt(parameters.masterSalt()), s));
    try {
      senderKey = key(prk, parameters.senderId());
      recipientKey = key(prk, parameters.recipientId());
      commonIv = expand(prk, NOTHING, "IV", Aead.NONCE_OCTETS);
      fingerprint = ByteBuffer.wrap(hmac(prk, FINGERPRINT)).getLong();
    } finally {
      Arrays.fill(prk, (byte) 0);
    }
  }

  private static byte[] salt(byte[] masterSalt) {
    return masterSalt.length == 0 ? new byte[32] : masterSalt; // RFC 5869: zeros if absent
  }

  private SecretKey key(byte[] prk, byte[] id) {
    byte[] key = expand(prk, id, "Key", parameters.aead().keyOctets());
    try {
      return SecretUtil.create(key, "AES");
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** HKDF-Expand of at most one block, with the info of RFC 8613, section 3.2.1. */
  private byte[] expand(byte[] prk, byte[] id, String type, int octets) {
    Cbor info = new Cbor().array(5).bytes(id);
    parameters.idContext().ifPresentOrElse(info::bytes, info::nil);
    info.unsigned(parameters.aead().number()).text(type).unsigned(octets).raw(1);
    byte[] block = hmac(prk, info.octets());
    byte[] out = Arrays.copyOf(block, octets);
    Arrays.fill(block, (byte) 0);
    return out;
  }

  private static byte[] hmac(byte[] key, byte[] octets) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** Tells the keys of contexts apart, and says nothing of them. */
  public long fingerprint() {
    return fingerprint;
  }

  /** Who is at the other end. */
  public String name() {
    return name;
  }

  /** ID context, if it has one. */
  public Optional<byte[]> idContext() {
    return parameters.idContext().map(byte[]::clone);
  }

  Parameters parameters() {
    return parameters;
  }

  byte[] nextPartialIv() {
    long next = sequence.next();
    if (next < 0 || next > SenderSequence.MOST) {
      throw new IllegalStateException("no sequence number is left: a new key is needed");
    }
    return OscoreOption.partialIv(next);
  }

  /** Seals under this end's key, for a request or an answer to it. */
  byte[] seal(RequestId request, byte[] nonceId, byte[] partialIv, byte[] plaintext) {
    byte[] nonce = nonce(nonceId, partialIv);
    byte[] associated = associated(request);
    return use(() -> parameters.aead().seal(senderKey, nonce, associated, plaintext));
  }

  /** Opens what the other end sealed, or throws if it is not authentic. */
  byte[] open(RequestId request, byte[] nonceId, byte[] partialIv, byte[] ciphertext)
      throws GeneralSecurityException {
    byte[] nonce = nonce(nonceId, partialIv);
    byte[] associated = associated(request);
    return use(() -> parameters.aead().open(recipientKey, nonce, associated, ciphertext));
  }

  /** With keys, that is. */
  private interface Use<E extends Exception> {
    byte[] with() throws E;
  }

  /** Keys are not wiped while they are used, and not used when they are wiped. */
  private <E extends Exception> byte[] use(Use<E> use) throws E {
    keys.readLock().lock();
    try {
      if (destroyed) {
        throw new IllegalStateException("a security context has ended");
      }
      return use.with();
    } finally {
      keys.readLock().unlock();
    }
  }

  /** RFC 8613, section 5.2. */
  byte[] nonce(byte[] id, byte[] partialIv) {
    byte[] nonce = commonIv.clone();
    nonce[0] ^= (byte) id.length;
    xor(nonce, MOST_ID_OCTETS + 1, id);
    xor(nonce, Aead.NONCE_OCTETS, partialIv);
    return nonce;
  }

  private static void xor(byte[] nonce, int end, byte[] with) {
    for (int i = 0; i < with.length; i++) {
      nonce[end - with.length + i] ^= with[i];
    }
  }

  /** Enc_structure (RFC 9052, section 5.3) around the external_aad of RFC 8613, section 5.4. */
  byte[] associated(RequestId request) {
    byte[] external =
        new Cbor()
            .array(5)
            .unsigned(1)
            .array(1)
            .unsigned(parameters.aead().number())
            .bytes(request.kid())
            .bytes(request.partialIv())
            .bytes(NOTHING)
            .octets();
    return new Cbor().array(3).text(ENCRYPT0).bytes(NOTHING).bytes(external).octets();
  }

  /** Whether a number may be new; nothing is taken. An unknown window lets everything pass. */
  synchronized boolean mayBeNew(long number) {
    return window.map(w -> w.isNew(number)).orElse(true);
  }

  /** Takes the number of a request that is authentic; false if it came before. */
  synchronized boolean take(long number) {
    return window.orElseThrow().take(number);
  }

  /** Whether it is known what arrived. */
  synchronized boolean isSynchronized() {
    return window.isPresent();
  }

  /**
   * What an Echo option has to say before the window is known again: one value until it was said,
   * for at most a minute, so that nobody who repeats old requests takes it from under the node that
   * answers it.
   *
   * @param draw draws one if there is none
   * @return empty if none could be drawn
   */
  synchronized Optional<byte[]> challenge(Supplier<Optional<byte[]>> draw) {
    if (challenge.isEmpty() || isOld()) {
      challenge = draw.get();
      challengedNanos = System.nanoTime();
    }
    return challenge;
  }

  private boolean isOld() {
    return System.nanoTime() - challengedNanos > CHALLENGE_NANOS;
  }

  /**
   * Sets the window by a request that carries the Echo value that this end sent.
   *
   * @return whether it is that value; then nothing up to this number is taken any more
   */
  synchronized boolean synchronize(byte[] echo, long number) {
    if (challenge.isEmpty() || isOld() || !MessageDigest.isEqual(challenge.get(), echo)) {
      return false;
    }
    ReplayWindow known = new ReplayWindow();
    known.closeUpTo(number);
    window = Optional.of(known);
    challenge = Optional.empty();
    return true;
  }

  /** It is not known any more what arrived. */
  public synchronized void forget() {
    window = Optional.empty();
  }

  /**
   * What arrived.
   *
   * @return the highest number and which of the 63 before it; empty if it is not known
   */
  public synchronized Optional<long[]> window() {
    return window.map(w -> new long[] {w.highest(), w.arrived()});
  }

  /** Goes on with what {@link #window} gave, which nobody else goes on with. */
  public synchronized void window(long highest, long arrived) {
    window = Optional.of(new ReplayWindow(highest, arrived));
  }

  /** Wipes the keys; nothing can be sealed or opened any more. */
  public void destroy() {
    keys.writeLock().lock();
    try {
      destroyed = true;
      SecretUtil.destroy(senderKey);
      SecretUtil.destroy(recipientKey);
    } finally {
      keys.writeLock().unlock();
    }
  }

  /** As much CBOR (RFC 8949) as the two structures need: arrays, short strings, numbers. */
  private static final class Cbor {
    private static final int UNSIGNED = 0x00;
    private static final int BYTES = 0x40;
    private static final int TEXT = 0x60;
    private static final int ARRAY = 0x80;
    private static final int NIL = 0xf6;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    private Cbor head(int type, int value) {
      if (value < 24) {
        out.write(type | value);
      } else {
        out.write(type | 24); // one octet follows: all that is written here is below 256
        out.write(value);
      }
      return this;
    }

    Cbor array(int items) {
      return head(ARRAY, items);
    }

    Cbor unsigned(int value) {
      return head(UNSIGNED, value);
    }

    Cbor bytes(byte[] value) {
      head(BYTES, value.length).out.writeBytes(value);
      return this;
    }

    Cbor text(byte[] value) {
      head(TEXT, value.length).out.writeBytes(value);
      return this;
    }

    Cbor text(String value) {
      return text(value.getBytes(StandardCharsets.US_ASCII));
    }

    Cbor raw(int octet) {
      out.write(octet);
      return this;
    }

    void nil() {
      out.write(NIL);
    }

    byte[] octets() {
      return out.toByteArray();
    }
  }
}
