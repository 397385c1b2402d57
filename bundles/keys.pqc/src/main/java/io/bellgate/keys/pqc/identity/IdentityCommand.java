package io.bellgate.keys.pqc.identity;

import io.bellgate.api.ops.Command;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;

/**
 * The command {@code identity}: shows this site's identity and those it trusts, and trusts another
 * one. It works on the files that {@link PinnedIdentity} goes by and knows no secret.
 */
@Component(
    service = Command.class,
    configurationPid = "io.bellgate.keys.pqc.identity",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = Command.NAME + "=identity")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=identity",
      "summary=\"show and exchange site identities\"",
      "feature=gateway"
    })
public final class IdentityCommand implements Command {
  private static final String HELP =
      """
      Usage: identity show [--json]
             identity export
             identity trust FILE [--replace]

      show     this site's fingerprint, and the peers it trusts
      export   this site's public identity, to be saved as SITE.identity and carried to a peer
      trust    trust the peer in FILE (- reads it from the standard input); --replace if that
               site had another identity before

      Compare fingerprints by voice or on paper before you trust one.

      Examples:
        bellgate identity export --site alice > alice.identity
        bellgate identity trust - --site bob < alice.identity
      """;

  private volatile Places places;

  /** Made by Declarative Services. */
  public IdentityCommand() {}

  @Activate
  @Modified
  void configure(BundleContext context, IdentityConfiguration configuration) {
    start(Places.of(configuration, context));
  }

  void start(Places where) {
    places = where;
  }

  @Override
  public int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    boolean json = words.remove("--json");
    boolean replace = words.remove("--replace");
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    String verb = words.isEmpty() ? "show" : words.remove(0);
    if (verb.equals("show") && words.isEmpty()) {
      return show(call.out(), json);
    }
    if (verb.equals("export") && words.isEmpty()) {
      return export(call);
    }
    if (verb.equals("trust") && words.size() == 1) {
      return trust(call, words.get(0), replace);
    }
    call.err().print(HELP);
    return USAGE;
  }

  private int show(PrintStream out, boolean json) throws IOException {
    Path file = places.exported();
    String own = Files.exists(file) ? IdentityFile.read(file).fingerprint().toString() : "none yet";
    TrustedIdentities trusted = new TrustedIdentities(places.trust(), places.site());
    if (json) {
      JsonArrayBuilder peers = Json.createArrayBuilder();
      trusted
          .now()
          .values()
          .forEach(
              p ->
                  peers.add(
                      Json.createObjectBuilder()
                          .add("site", p.site())
                          .add("fingerprint", p.fingerprint().toString())));
      out.println(
          Json.createObjectBuilder()
              .add("site", places.site())
              .add("fingerprint", own)
              .add("trusted", peers)
              .build());
      return OK;
    }
    out.println("site         " + places.site());
    out.println("fingerprint  " + own);
    out.println("identity     " + file);
    trusted
        .now()
        .values()
        .forEach(p -> out.printf("trusts       %-12s %s%n", p.site(), p.fingerprint()));
    return OK;
  }

  private int export(Call call) throws IOException {
    if (!Files.exists(places.exported())) {
      call.err().println("there is no identity yet: file=" + places.exported());
      return FAILED;
    }
    call.out().print(Files.readString(places.exported()));
    return OK;
  }

  private int trust(Call call, String name, boolean replace) throws IOException {
    IdentityFile identity;
    try {
      identity =
          name.equals("-")
              ? IdentityFile.parse(call.in().readAllBytes())
              : IdentityFile.read(Path.of(name));
    } catch (IllegalArgumentException malformed) {
      call.err().println(malformed.getMessage());
      return REFUSED;
    } catch (java.nio.file.NoSuchFileException missing) {
      call.err().println("there is no such file where the gateway runs: file=" + name + "; use -");
      return FAILED;
    }
    if (identity.site().equals(places.site())) {
      call.err().println("a site is not its own peer: site=" + identity.site());
      return REFUSED;
    }
    Path file = places.trust().get(0).resolve(identity.site() + IdentityFile.SUFFIX);
    IdentityFile before =
        new TrustedIdentities(places.trust(), places.site()).now().get(identity.site());
    boolean same = before != null && before.shown().equals(identity.shown());
    if (before != null && !same && !replace) {
      call.err()
          .printf(
              "this site trusts another identity already: site=%s%n  now   %s%n  file  %s%n"
                  + "find out why it changed, then use --replace%n",
              identity.site(), before.fingerprint(), identity.fingerprint());
      return REFUSED;
    }
    if (!same) {
      Files.createDirectories(file.getParent());
      Files.write(file, identity.utf8());
    }
    call.out().println("trusts " + identity.site() + "  " + identity.fingerprint());
    return OK;
  }
}
