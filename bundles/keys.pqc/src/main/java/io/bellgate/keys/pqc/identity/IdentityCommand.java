package io.bellgate.keys.pqc.identity;

import io.bellgate.api.ops.Command;
import io.bellgate.keys.pqc.identity.TrustedIdentities.Standing;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code identity}: shows, exchanges, replaces and revokes identities of sites. */
@Component(property = Command.NAME + "=identity")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=identity",
      "summary=\"show, exchange, rotate and revoke site identities\"",
      "feature=gateway"
    })
public final class IdentityCommand implements Command {
  private static final String HELP =
      """
      Usage: identity show [--json]
             identity export [--revoked]
             identity trust FILE [--expect FINGERPRINT] [--replace] [--json]
             identity rotate [--new] [--json]
             identity revoke SITE | --self
             identity adopt

      show     this site's fingerprint, and the peers it trusts
      export   this site's public identity, to be saved as SITE.identity and carried to a peer;
               --revoked prints the last word that it must not be trusted any more, once more
      trust    trust the peer in FILE (- reads it from the standard input), or follow a
               revocation in FILE; --expect refuses any other fingerprint, --replace takes an
               identity that the one before does not vouch for
      rotate   make new keys, signed with the old ones: peers import the new file and need not
               compare; --new makes keys that nobody trusts yet, after a theft or a loss
      revoke   trust SITE's identity never again; --self prints the signed word that this
               site's own keys must not be trusted, and stops using them
      adopt    this machine takes over from the one that this data folder was copied from

      Compare fingerprints by voice or on paper before you trust one: bellgate pair does it.

      Examples:
        bellgate identity export --site alice > alice.identity
        bellgate identity trust - --site bob < alice.identity
        bellgate identity rotate --site alice
        bellgate identity revoke --self --site alice > alice.revocation
        bellgate identity trust alice.revocation --site bob
      """;

  /** The option of a verb beside {@code --json} and {@code --expect}. */
  private static final Map<String, String> OPTIONS =
      Map.of("trust", "--replace", "rotate", "--new", "revoke", "--self", "export", "--revoked");

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile PinnedIdentity identity;

  /** Made by Declarative Services. */
  public IdentityCommand() {}

  @Override
  public int run(Call call) throws IOException {
    return Introduced.run(call, HELP, identity, (now, words) -> run(call, now, words));
  }

  private int run(Call call, PinnedIdentity now, List<String> words) throws IOException {
    boolean json = words.remove("--json");
    String expected = Introduced.option(words, "--expect");
    String verb = words.isEmpty() ? "show" : words.remove(0);
    boolean option = words.remove(OPTIONS.getOrDefault(verb, "none"));
    if (words.stream().anyMatch(w -> w.startsWith("--"))
        || !expected.isEmpty() && !verb.equals("trust")) {
      return usage(call);
    }
    switch (verb + " " + words.size()) {
      case "show 0":
        return show(call.out(), now, json);
      case "export 0":
        return option ? word(call, now) : export(call, now);
      case "trust 1":
        return trust(call, now, words.get(0), new Wanted(expected, option, json));
      case "rotate 0":
        return rotate(call.out(), now, option, json);
      case "revoke 0":
        return option ? revokeSelf(call, now) : usage(call);
      case "revoke 1":
        return option ? usage(call) : revoke(call, now, words.get(0));
      case "adopt 0":
        call.out().println("at home on this machine: " + now.adopt().fingerprint());
        return OK;
      default:
        return usage(call);
    }
  }

  private static int export(Call call, PinnedIdentity now) {
    call.out().print(now.file().json());
    return OK;
  }

  private static int word(Call call, PinnedIdentity now) throws IOException {
    Optional<Revocation> last = now.lastRevocation();
    if (last.isEmpty()) {
      call.err().println("no identity of this site was revoked by its owner: site=" + now.site());
      return FAILED;
    }
    call.out().print(last.get().json());
    return OK;
  }

  private record Wanted(String expected, boolean replace, boolean json) {}

  private static int usage(Call call) {
    call.err().print(HELP);
    return USAGE;
  }

  private static int show(PrintStream out, PinnedIdentity now, boolean json) {
    Optional<IdentityFile> own = now.known();
    if (json) {
      JsonArrayBuilder peers = Json.createArrayBuilder();
      now.trusting().now().values().forEach(p -> peers.add(Introduced.json(p)));
      JsonObjectBuilder all = own.map(Introduced::json).orElseGet(Json::createObjectBuilder);
      all.add("site", now.site());
      own.ifPresent(o -> all.add("certificateSha256", certificate(o)));
      now.problem().ifPresent(p -> all.add("problem", p));
      out.println(all.add("trusted", peers).build());
      return OK;
    }
    out.println("site         " + now.site());
    own.ifPresent(o -> own(out, o));
    now.problem().ifPresent(p -> out.println("problem      " + p));
    out.println("identity     " + now.places().exported());
    now.trusting()
        .now()
        .values()
        .forEach(
            p ->
                out.printf(
                    "trusts       %-12s issue %d  %s%n", p.site(), p.issue(), p.fingerprint()));
    return OK;
  }

  private static void own(PrintStream out, IdentityFile own) {
    out.println("fingerprint  " + own.fingerprint());
    out.println("issue        " + own.issue());
    out.println("certificate  " + certificate(own) + "  (SHA-256)");
    out.println("to read out:");
    out.print(Introduced.rows(own.fingerprint().words()));
    out.println("for a QR code: " + Introduced.line(own));
  }

  private static String certificate(IdentityFile own) {
    return java.util.HexFormat.of().formatHex(Octets.sha256(own.shown().certificate()));
  }

  private int trust(Call call, PinnedIdentity now, String name, Wanted wanted) throws IOException {
    JsonObject json = Introduced.read(name, call.in());
    if (Revocation.is(json)) {
      return follow(call, now, Revocation.parse(json));
    }
    IdentityFile identity = IdentityFile.parse(json);
    if (!wanted.expected().isEmpty()) {
      Introduced.expect(identity, wanted.expected());
    }
    Standing standing = now.trusting().standing(identity);
    if (standing == Standing.OTHER && !wanted.replace()) {
      return another(call, now, identity);
    }
    now.trusting().trust(identity);
    if (wanted.json()) {
      call.out().println(Introduced.json(identity).add("standing", standing.name()).build());
      return OK;
    }
    call.out().println("trusts " + identity.site() + "  " + identity.fingerprint());
    call.out().print(said(standing));
    return OK;
  }

  private static String said(Standing standing) {
    return switch (standing) {
      case SUCCESSOR -> "the identity trusted before signed this one: no need to compare\n";
      case SAME -> "it was trusted before\n";
      case NEW, OTHER -> "compare this fingerprint with the other site if you have not yet\n";
    };
  }

  private static int another(Call call, PinnedIdentity now, IdentityFile identity) {
    IdentityFile before = now.trusting().now().get(identity.site());
    call.err()
        .printf(
            "BG-IDENT-009 a site's next identity is signed by the one before: site=%s%n"
                + "  now   %s%n  file  %s%n"
                + "find out why it changed, compare, then use --replace%n",
            identity.site(),
            before == null ? "revoked" : before.fingerprint(),
            identity.fingerprint());
    return REFUSED;
  }

  private static int follow(Call call, PinnedIdentity now, Revocation word) throws IOException {
    IdentityFile of = word.identity();
    boolean ended = now.trusting().revoke(word);
    call.out()
        .printf("never trusts again: %s issue %d  %s%n", of.site(), of.issue(), of.fingerprint());
    if (!ended && now.trusting().now().containsKey(of.site())) {
      call.out().println("another identity of that site stays trusted");
    }
    return OK;
  }

  private static int rotate(PrintStream out, PinnedIdentity now, boolean anew, boolean json)
      throws IOException {
    IdentityFile made = now.rotate(anew);
    if (json) {
      out.println(Introduced.json(made).build());
      return OK;
    }
    own(out, made);
    out.println(
        anew
            ? "nobody trusts it yet: pair this site with each peer again (bellgate pair)"
            : "the one before signed it: have each peer import "
                + now.places().exported()
                + " now (identity trust), it will be accepted without comparing;"
                + " sessions last, but a new one needs the new file at the peer");
    return OK;
  }

  private static int revokeSelf(Call call, PinnedIdentity now) throws IOException {
    call.out().print(now.revokeSelf().json());
    call.err()
        .println(
            "save this as "
                + now.site()
                + ".revocation and have each peer import it (identity trust);"
                + " this site has no identity until: bellgate identity rotate --new");
    return OK;
  }

  private static int revoke(Call call, PinnedIdentity now, String site) throws IOException {
    Optional<IdentityFile> revoked = now.trusting().revoke(site);
    if (revoked.isEmpty()) {
      call.err().println("no identity of that site is trusted: site=" + site);
      return FAILED;
    }
    call.out()
        .printf(
            "never trusts again: %s issue %d  %s%n",
            site, revoked.get().issue(), revoked.get().fingerprint());
    return OK;
  }
}
