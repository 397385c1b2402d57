package io.bellgate.ops.node;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code node}: what a constrained node does, for people, scripts and tests. */
@Component(property = Command.NAME + "=node")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=node",
      "summary=\"Be a constrained node: post readings, fetch, observe, send, rotate its key, enrol\"",
      "feature=node",
      "local=true"
    })
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class NodeCommand implements Command {
  private static final String HELP =
      """
      usage: bellgate node VERB ...

      Is a constrained node, for trying a gateway, for scripts and for demonstrations: it speaks CoAP
      without protection, under DTLS or under OSCORE, and keeps what a node keeps (its key, its counts,
      its sequence numbers) in a file for its owner only, which one process uses at a time.

        begin NODE                          bring a key into the node, from what `nodes add` printed
        show NODE                           what it knows of itself
        post GATEWAY NODE RESOURCE ...      post readings
        fetch GATEWAY NODE PATH             read a resource
        observe GATEWAY NODE PATH           observe a resource
        send GATEWAY NODE METHOD PATH       post, put or delete anything else
        rotate GATEWAY NODE                 ask for its next key
        enrol GATEWAY NODE                  agree on a key by X25519 and ML-KEM

      GATEWAY is HOST, HOST:PORT, coap://HOST:PORT or coaps://HOST:PORT. `bellgate node VERB --help` has
      the options. Exit codes: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 refused.

      examples:
        bellgate nodes add pump-17 --site alice | bellgate node begin pump-17
        bellgate node post coaps://HOST pump-17 pressure 1016.6
        bellgate node rotate coaps://HOST pump-17 --pool
        bellgate node post HOST pump-17 pressure 1016.8 --oscore
      """;

  private final List<Verb> verbs;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  /** Does nothing yet. */
  @Activate
  public NodeCommand() {
    Renewed renewed = new Renewed(() -> random, InstantSource.system());
    verbs =
        List.of(
            new Begin(),
            new Show(),
            new Post(),
            new Fetch(),
            new Send(),
            new Observe(renewed),
            new Rotate(renewed),
            new Enrol(renewed));
  }

  NodeCommand(RandomBits random) {
    this();
    this.random = random;
  }

  /** A set and some more. */
  static Set<String> and(Set<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public int run(Call call) throws IOException, InterruptedException {
    List<String> words = call.arguments();
    Optional<Verb> verb =
        words.stream()
            .findFirst()
            .flatMap(w -> verbs.stream().filter(v -> v.name().equals(w)).findFirst());
    if (words.contains("--help") || words.contains("-h")) {
      call.out().print(verb.map(Verb::help).orElse(HELP));
      return OK;
    }
    if (verb.isEmpty()) {
      call.err().print(HELP);
      return USAGE;
    }
    return run(verb.get(), words.subList(1, words.size()), call);
  }

  private static int run(Verb verb, List<String> words, Call call)
      throws IOException, InterruptedException {
    try {
      return verb.run(Words.of(words, verb.valued(), verb.flags()), call);
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage());
      call.err().println("see: bellgate node " + verb.name() + " --help");
      return USAGE;
    } catch (StateProblem e) {
      call.err().println(e.getMessage());
      return REFUSED;
    } catch (UnknownHostException e) {
      call.err().println("there is no such host: " + e.getMessage());
      return UNREACHABLE;
    } catch (NoSuchFileException e) {
      call.err().println("there is no such file: file=" + e.getFile());
      return FAILED;
    }
  }
}
