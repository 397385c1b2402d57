package io.bellgate.ops.node;

import io.bellgate.ops.node.line.Answer;
import io.bellgate.ops.node.line.Keying;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.line.Place;
import io.bellgate.ops.node.line.Protection;
import io.bellgate.ops.node.state.NodeKey;
import io.bellgate.ops.node.state.NodeState;
import io.bellgate.ops.node.state.StateFile;
import io.bellgate.ops.node.state.StateProblem;
import io.bellgate.oscore.Aead;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A node that speaks to its gateway: holds its state, and a line under its present key. */
final class Session implements AutoCloseable {
  /** Options with a value of whoever has a session. */
  static final Set<String> VALUED = Set.of("--state", "--timeout", "--aead");

  /** Their flags. */
  static final Set<String> FLAGS = Set.of("--plain", "--dtls", "--oscore", "--json");

  /** What they mean. */
  static final String HELP =
      """
        --dtls              under DTLS with the node's key; also what coaps://HOST means (port 5684)
        --oscore            under OSCORE with a key that is derived from it (port 5683)
        --plain             without protection: a gateway refuses this of a node that has a key
        --aead NAME         of OSCORE, as `oscore.aead` of the gateway: AES-CCM-16-64-256 (default),
                            AES-CCM-16-64-128, AES-CCM-16-128-128, AES-CCM-16-128-256
        --timeout SECONDS   the longest to wait for one answer (default 15)
        --state FILE        of the node (default ~/.bellgate/nodes/NODE)
        --json              print what came of it as JSON; progress goes to standard error
      """;

  private static final long TIMEOUT_SECONDS = 15;
  private static final long PROBE_SECONDS = 10;

  private final StateFile file;
  private final Place place;
  private final Aead aead;
  private final Duration bound;
  private final PrintStream screen;
  private Line line;

  private Session(StateFile file, Place place, Aead aead, Duration bound, PrintStream screen) {
    this.file = file;
    this.place = place;
    this.aead = aead;
    this.bound = bound;
    this.screen = screen;
  }

  /**
   * Takes the state of the node and opens a line. If the gateway may have taken another key, it is
   * asked under that key, and then under the one before.
   *
   * @param gateway as typed
   * @param node its ID
   * @param screen for what a person should know
   */
  static Session open(Words words, String gateway, String node, PrintStream screen)
      throws IOException, InterruptedException, StateProblem {
    Place place = Place.of(gateway, words.protection());
    if (!NodeState.isNode(node)) {
      throw new IllegalArgumentException(
          "a node ID has 1 to 48 letters, digits, dots, hyphens, underlines: node=" + node);
    }
    Aead aead = words.value("--aead").map(Session::aead).orElse(Aead.AES_CCM_16_64_256);
    Duration bound = Duration.ofSeconds(words.number("--timeout", 1, 600, TIMEOUT_SECONDS));
    InetAddress.getByName(place.host());
    StateFile file = StateFile.open(Verb.state(words, node), node);
    try {
      Session session = new Session(file, place, aead, bound, screen);
      session.connect();
      return session;
    } catch (IOException | InterruptedException | StateProblem | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Aead aead(String name) {
    return Arrays.stream(Aead.values())
        .filter(a -> a.name().replace('_', '-').equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("--aead is none of the four: value=" + name));
  }

  private void connect() throws IOException, InterruptedException, StateProblem {
    if (place.protection() == Protection.PLAIN) {
      line = Line.open(place, Optional.empty());
      return;
    }
    key();
    if (file.state().next().isPresent()) {
      decide(file.state().next().get());
    }
    line = under(key());
  }

  private void decide(NodeKey next) throws IOException, InterruptedException, StateProblem {
    screen.println("asking which key the gateway has: " + next.identity() + "?");
    if (isTaken(next)) {
      file.change(NodeState::taken);
    } else if (isTaken(key())) {
      file.change(NodeState::notTaken);
    } else {
      throw new StateProblem(
          "BG-NODE-016 the gateway answers under neither of the two keys of the node, and both are"
              + " kept: identities="
              + key().identity()
              + ","
              + next.identity()
              + "; is it reachable at "
              + place.uri()
              + "?");
    }
    screen.println("the key is " + key().identity());
  }

  private boolean isTaken(NodeKey key) throws IOException, InterruptedException {
    try (Line probe = under(key)) {
      return probe
          .ask(Line.Question.get("/.well-known/core"), Duration.ofSeconds(PROBE_SECONDS))
          .filter(Answer::success)
          .isPresent();
    }
  }

  private Line under(NodeKey key) throws IOException {
    return Line.open(place, Optional.of(keying(key)));
  }

  private Keying keying(NodeKey key) {
    return new Keying(key.identity(), key.secret(), aead, file.numbers(key)::next);
  }

  /**
   * The node has come to another key: what it asks from now on goes under that one.
   *
   * @return whether its observations go on; if not, it observes anew
   */
  boolean goOn() throws IOException, StateProblem {
    if (line.goOn(keying(key()))) {
      return true;
    }
    line.close();
    line = under(key());
    return false;
  }

  /** The present key. */
  NodeKey key() throws StateProblem {
    return file.state()
        .key()
        .orElseThrow(
            () ->
                new StateProblem(
                    "BG-NODE-013 a node has a key before it speaks under one: node="
                        + node()
                        + "; bellgate nodes add "
                        + node()
                        + " --site SITE | bellgate node begin "
                        + node()));
  }

  String node() {
    return file.state().node();
  }

  StateFile file() {
    return file;
  }

  Line line() {
    return line;
  }

  /** The longest to wait for one answer. */
  Duration bound() {
    return bound;
  }

  /**
   * The answer to a question, if one comes in time. Without one, a DTLS connection is given up: a
   * gateway that crashed does not know it, and says nothing.
   */
  Optional<Answer> ask(Line.Question question) throws InterruptedException {
    Optional<Answer> answer = line.ask(question, bound);
    if (answer.isEmpty()) {
      line.shakeHandsAgain();
    }
    return answer;
  }

  /** Asks again, as often as is said, when the gateway says that it should be asked later. */
  Optional<Answer> askUntilNow(Line.Question question, long times) throws InterruptedException {
    Optional<Answer> answer = ask(question);
    for (long i = 0; i < times && answer.filter(Answer::isLater).isPresent(); i++) {
      long seconds = answer.get().maxAgeSeconds();
      screen.println(answer.get().explained() + "; asking again in " + seconds + " s");
      Thread.sleep(Duration.ofSeconds(seconds).toMillis());
      answer = ask(question);
    }
    return answer;
  }

  /** No answer came. */
  String silence() {
    return "no answer from "
        + place.uri()
        + " within "
        + bound.toSeconds()
        + " s"
        + switch (place.protection()) {
          case DTLS -> "; an unknown identity and a wrong key are met with silence, too";
          case OSCORE, PLAIN -> "";
        };
  }

  @Override
  public void close() throws IOException {
    if (line != null) {
      line.close();
    }
    file.close();
  }
}
