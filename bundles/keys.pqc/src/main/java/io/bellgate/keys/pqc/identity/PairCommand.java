package io.bellgate.keys.pqc.identity;

import io.bellgate.api.ops.Command;
import io.bellgate.keys.pqc.identity.TrustedIdentities.Standing;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The command {@code pair}: leads two people at two sites to trust each other's identities. Each
 * reads out the words of the own site; each types some of what he hears, at places that are drawn
 * after the file has come, so that who made a file that resembles another cannot know them.
 */
@Component(property = Command.NAME + "=pair")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=pair",
      "summary=\"trust a peer: exchange files, compare words\"",
      "feature=gateway"
    })
public final class PairCommand implements Command {
  private static final int ASKED = 6;
  private static final int TRIES = 3;
  private static final String HELP =
      """
      Usage: pair [FILE | -] [--expect FINGERPRINT] [--replace] [--json]

      Leads two people through trusting each other's gateways; both run it, one at each site.
      Bring each other the file that `bellgate identity export` prints by any means: a stick, a
      mail, pasted text. Then call each other: each reads out 16 words, and types some of those
      that the other reads out.

      FILE      the peer's identity; - or nothing: paste it when asked
      --expect  compare with this fingerprint (digits, words, or the line of a QR code) in place
                of asking: for scripts, and if you have it on paper
      --replace the peer has other keys than before, and the old ones do not vouch for them
      --json    the result as JSON; with neither FILE nor --expect, what to read out

      Nothing is trusted before it is compared. A code that both ends show says whether both
      hold the right files; it is too short to keep an attacker out, the words are not.

      Examples:
        bellgate pair bob.identity --site alice
        bellgate pair alice.identity --expect "$(cat alice.fingerprint)" --json --site bob
      """;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile PinnedIdentity identity;

  /** Made by Declarative Services. */
  public PairCommand() {}

  private record Wanted(String file, String expected, boolean replace, boolean json) {}

  @Override
  public int run(Call call) throws IOException {
    return Introduced.run(call, HELP, identity, (now, words) -> run(call, now, words));
  }

  private int run(Call call, PinnedIdentity now, List<String> words) throws IOException {
    boolean json = words.remove("--json");
    boolean replace = words.remove("--replace");
    String expected = Introduced.option(words, "--expect");
    if (words.size() > 1 || words.stream().anyMatch(w -> w.startsWith("--"))) {
      call.err().print(HELP);
      return USAGE;
    }
    String file = words.isEmpty() ? "" : words.get(0);
    return pair(call, now, new Wanted(file, expected, replace, json));
  }

  private int pair(Call call, PinnedIdentity now, Wanted wanted) throws IOException {
    IdentityFile own = now.file();
    boolean scripted = wanted.json() || !wanted.expected().isEmpty();
    if (wanted.json() && wanted.file().isEmpty() && wanted.expected().isEmpty()) {
      call.out().println(Introduced.json(own).build());
      return OK;
    }
    if (!scripted) {
      call.out().println("This is " + own.site() + ". Read these words out to the other person:");
      call.out().print(Introduced.rows(own.fingerprint().words()));
    }
    if (wanted.file().isEmpty() && !scripted) {
      call.out().println("Paste the other site's identity (the text of its file):");
    }
    IdentityFile peer =
        IdentityFile.parse(
            Introduced.read(wanted.file().isEmpty() ? "-" : wanted.file(), call.in()));
    Standing standing = now.trusting().standing(peer);
    if (standing == Standing.OTHER && !wanted.replace()) {
      throw new IllegalArgumentException(
          "BG-IDENT-009 a site's next identity is signed by the one before: site="
              + peer.site()
              + "; find out why it changed, then use --replace");
    }
    compare(call, now, own, peer, standing, wanted);
    now.trusting().trust(peer);
    say(call, own, peer, standing, wanted.json());
    return OK;
  }

  private static void say(
      Call call, IdentityFile own, IdentityFile peer, Standing standing, boolean json) {
    if (json) {
      call.out()
          .println(
              Introduced.json(peer)
                  .add("standing", standing.name())
                  .add("code", code(own, peer))
                  .build());
      return;
    }
    call.out().println(own.site() + " trusts " + peer.site() + "  " + peer.fingerprint());
    call.out().println("The other person has to do the same with " + own.site() + ".identity.");
  }

  private static void compare(
      Call call,
      PinnedIdentity now,
      IdentityFile own,
      IdentityFile peer,
      Standing standing,
      Wanted wanted)
      throws IOException {
    if (!wanted.expected().isEmpty()) {
      Introduced.expect(peer, wanted.expected());
      return;
    }
    if (standing == Standing.SAME || standing == Standing.SUCCESSOR) {
      call.err()
          .println(
              standing == Standing.SAME
                  ? peer.site() + " is trusted already"
                  : "the identity trusted before signed this one: no need to compare");
      return;
    }
    if (wanted.json()) {
      throw new IllegalArgumentException(
          "BG-IDENT-010 nothing is trusted before it is compared: use --expect FINGERPRINT");
    }
    ask(call, now, own, peer);
  }

  private static void ask(Call call, PinnedIdentity now, IdentityFile own, IdentityFile peer)
      throws IOException {
    List<String> words = new ArrayList<>(peer.fingerprint().words());
    List<Integer> asked = places(now);
    List<String> shown = new ArrayList<>(words);
    asked.forEach(i -> shown.set(i, "....."));
    call.out().println();
    call.out().println("The file says it is " + peer.site() + ". You both see the code");
    call.out().println("    " + code(own, peer));
    call.out().println("if you hold each other's files. The other person now reads out 16 words:");
    call.out().print(Introduced.rows(shown));
    awaitPerson(call, now);
    int tries = TRIES;
    for (int at : asked) {
      call.out().println("Compare those shown, and type word " + (at + 1) + " as you hear it:");
      while (!line(call.in()).equals(words.get(at))) {
        if (--tries == 0) {
          throw new IllegalArgumentException(
              "BG-IDENT-010 the words are not those of the file, nothing is trusted: site="
                  + peer.site()
                  + "; get the file anew, by another way");
        }
        call.out().println("The file says otherwise. Ask again, and type word " + (at + 1) + ":");
      }
    }
  }

  /** What was pasted with the file answers no question: nobody could know this number before. */
  private static void awaitPerson(Call call, PinnedIdentity now) throws IOException {
    byte[] drawn = new byte[4];
    now.bits().fill(drawn);
    long number = Integer.toUnsignedLong(java.nio.ByteBuffer.wrap(drawn).getInt()) % 1_000_000;
    String digits = String.format(Locale.ROOT, "%06d", number);
    call.out().println("Type this number, so that it is you who answers: " + digits);
    if (!line(call.in()).equals(digits)) {
      throw new IllegalArgumentException(
          "BG-IDENT-010 somebody else answers, nothing is trusted: paste the file alone, or name it");
    }
  }

  /** Which words are asked for: rising, all different, drawn now. */
  private static List<Integer> places(PinnedIdentity now) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < Fingerprint.WORDS; i++) {
      all.add(i);
    }
    byte[] drawn = new byte[8 * Fingerprint.WORDS];
    now.bits().fill(drawn);
    java.nio.LongBuffer draws = java.nio.ByteBuffer.wrap(drawn).asLongBuffer();
    for (int i = 0; i < ASKED; i++) {
      int left = Fingerprint.WORDS - i;
      Collections.swap(all, i, i + (int) Long.remainderUnsigned(draws.get(), left));
    }
    List<Integer> places = new ArrayList<>(all.subList(0, ASKED));
    places.sort(null);
    return places;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n' || line.toString().isBlank(); octet = in.read()) {
      if (octet < 0 || line.length() > 200) {
        throw new IllegalArgumentException(
            "BG-IDENT-010 nothing is trusted before it is compared: type the words, or use"
                + " --expect FINGERPRINT");
      }
      line.append((char) octet);
    }
    return line.toString().strip().toLowerCase(Locale.ROOT);
  }

  /** Two words from both fingerprints, the same at both ends: finds mistakes, not attackers. */
  private static String code(IdentityFile one, IdentityFile other) {
    String[] both = {one.fingerprint().hex(), other.fingerprint().hex()};
    Arrays.sort(both);
    byte[] hash = new Octets("bellgate identity code 1").add(both[0]).add(both[1]).sha256();
    return String.join("-", Fingerprint.words(hash).subList(0, 2));
  }
}
