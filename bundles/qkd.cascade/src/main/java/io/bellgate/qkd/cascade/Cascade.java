package io.bellgate.qkd.cascade;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import java.util.Arrays;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Cascade: Bob asks for parities of blocks of the key, bisects those that differ from his, and a
 * corrected bit uncovers errors that blocks of other passes hid. Stateless; one call is one block
 * of key, on the caller's thread.
 *
 * <p><b>What is disclosed</b>, counted bit by bit and alike at both ends:
 *
 * <ul>
 *   <li>Alice: every parity bit that she puts on the wire, for top blocks and first halves. The
 *       parity of a second half, or of the last top block of a later pass, follows from what she
 *       told and is not told. If a bisection ends at one bit, the parities told determine that bit:
 *       they are counted.
 *   <li>Bob: as many bits again. His messages are a function of what is public (variant, serving,
 *       length, error rate, seed) and of one bit for each parity of Alice's: whether his own parity
 *       of the same bits, in the key that he began with, differs. (The parity in his corrected key
 *       follows from it, as corrections follow from those bits, too.) So whoever knew all those
 *       bits would learn nothing from his messages, and their number is an upper bound on what
 *       these say about the keys and the errors beyond what Alice's say. That this direction has to
 *       be counted: Tupkary and Lütkenhaus, arXiv 2307.00576. The literature's efficiency f counts
 *       Alice only.
 * </ul>
 *
 * <p>The seed of permutations and halves is drawn by Bob for each block of key and sent in his
 * first message, after the quantum transmission. With keys of many more errors than expected, Bob
 * gives up once about as many parities were told as the key has bits; his key is wrong then, and
 * the caller's verification says so.
 *
 * <p>Undetected: an error pattern that is even in every block escapes each of the last passes with
 * probability 1/2, so about 2^-14 (opt4) or 2^-12 (opt7, opt8) of the blocks keep one.
 */
@Component(
    configurationPid = "io.bellgate.qkd.cascade",
    property = Reconciler.NAME + "=" + Cascade.NAMED)
@Designate(ocd = Cascade.Settings.class)
public final class Cascade implements Reconciler {
  static final String NAMED = "cascade";
  private static final int LEAST_BITS = 64;
  private static final int MOST_BITS = 1 << 20;
  private static final double MOST_QBER = 0.25;

  /** The configuration. */
  @ObjectClassDefinition(
      name = "Cascade",
      description = "Information reconciliation of quantum keys by parities of blocks")
  public @interface Settings {
    /**
     * Passes and block sizes, the same at both sites. The default takes 80 to 140 round trips for
     * 2^14 to 2^17 bits; the tighter ones need 3 to 20 times as many for 1 to 3 % less disclosure,
     * which pays only where the peers are less than a millisecond apart and the fibre, not the
     * network, is what limits.
     *
     * @return a name of arXiv 1407.3257
     */
    @AttributeDefinition(
        description =
            "Passes and block sizes, the same at both sites: opt4 few round trips, opt7 and opt8"
                + " least disclosure, original for comparison",
        options = {
          @Option(label = "Original, for comparison", value = "original"),
          @Option(label = "Option 4, few round trips", value = "opt4"),
          @Option(label = "Option 7, less disclosure", value = "opt7"),
          @Option(label = "Option 8, least disclosure at 2^14 bits", value = "opt8")
        })
    String variant() default "opt4";

    /**
     * Which blocks are bisected together.
     *
     * @return {@code all} or {@code min}
     */
    @AttributeDefinition(
        description =
            "Which odd blocks Bob bisects together: all of them (few round trips) or those of the"
                + " least size (least disclosure); this site's choice",
        options = {
          @Option(label = "All", value = "all"),
          @Option(label = "The smallest", value = "min")
        })
    String serve() default "all";
  }

  private final Variant variant;
  private final Serve serve;

  /**
   * Takes the configuration.
   *
   * @param settings which variant
   * @throws IllegalArgumentException if a value has no meaning
   */
  @Activate
  public Cascade(Settings settings) {
    this(
        named(Variant.named(settings.variant()), "variant", settings.variant()),
        named(Serve.named(settings.serve()), "serve", settings.serve()));
  }

  Cascade(Variant variant, Serve serve) {
    this.variant = variant;
    this.serve = serve;
  }

  private static <T> T named(Optional<T> value, String property, String text) {
    return value.orElseThrow(
        () ->
            new IllegalArgumentException(
                "BG-CASCADE-005 a variant is original, opt4, opt7 or opt8, serve is all or min: "
                    + property
                    + "="
                    + text));
  }

  @Override
  public Reconciliation reconcile(
      Role role, SecretBits key, double qber, ClassicalChannel channel, RandomBits random)
      throws ChannelBroken, InterruptedException {
    int length = key.length();
    if (length < LEAST_BITS || length > MOST_BITS || !(qber >= 0 && qber <= MOST_QBER)) {
      throw new IllegalArgumentException(
          "BG-CASCADE-006 a key has 64 to 2^20 bits and an error rate in [0, 0.25]: bits="
              + length
              + " qber="
              + qber);
    }
    long[] copy = key.lend(long[]::clone);
    try {
      return role == Role.ALICE
          ? answer(copy, length, qber, channel)
          : ask(copy, length, qber, channel, random);
    } finally {
      Arrays.fill(copy, 0);
    }
  }

  private Reconciliation answer(long[] key, int length, double qber, ClassicalChannel channel)
      throws ChannelBroken, InterruptedException {
    Alice alice = new Alice(variant, key, length, qber);
    try {
      Optional<byte[]> answer = alice.answer(channel.receive());
      while (answer.isPresent()) {
        channel.send(answer.get());
        if (Thread.interrupted()) {
          throw new InterruptedException("a reconciliation was cancelled");
        }
        answer = alice.answer(channel.receive());
      }
      return new Reconciliation(
          SecretBits.absorb(key, length), alice.told(), alice.told(), alice.answers(), -1);
    } finally {
      alice.wipe();
    }
  }

  private Reconciliation ask(
      long[] key, int length, double qber, ClassicalChannel channel, RandomBits random)
      throws ChannelBroken, InterruptedException {
    byte[] seed = new byte[PublicBits.SEED_OCTETS];
    random.fill(seed);
    Layout layout = new Layout(variant, key, length, qber, seed);
    try {
      Bob bob = new Bob(layout, serve, key, channel);
      bob.run(new Wire.Opening(variant.text, length, qber, seed).encode());
      return new Reconciliation(
          SecretBits.absorb(key, length),
          bob.learned(),
          bob.learned(),
          bob.roundTrips(),
          bob.corrected());
    } finally {
      layout.wipe();
    }
  }
}
