package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.nodekeys.BitsRandom;
import io.bellgate.nodekeys.EnrolAnswer;
import io.bellgate.nodekeys.EnrolSuite;
import io.bellgate.nodekeys.EnrollingNode;
import io.bellgate.nodekeys.Enrolment;
import io.bellgate.ops.node.line.Answer;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.state.NodeKey;
import io.bellgate.ops.node.state.NodeState;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Agrees with the gateway on a key that whoever only listens does not learn. */
final class Enrol implements Verb {
  private static final String PATH = "/enrol";
  private static final int WORD_ANSWER_OCTETS = 5;

  private final Renewed renewed;

  Enrol(Renewed renewed) {
    this.renewed = renewed;
  }

  @Override
  public String name() {
    return "enrol";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node enrol GATEWAY NODE [--suite 512|768] [--again N] [options]

    Agrees with the gateway on a key by X25519 and ML-KEM, under the key that the node has: who knows
    that one, and only listens, does not learn the new one. What the node says next goes under it.

      --suite N           X25519 with ML-KEM-512 or ML-KEM-768 (default 768)
      --again N           how often to ask again if the gateway cannot now (default 3)
    """
        + Session.HELP
        + """

    If the last answer does not come, both keys are kept, and the next command asks the gateway which
    one it has.

    examples:
      bellgate node enrol coaps://HOST pump-17
      bellgate node enrol HOST pump-17 --oscore --suite 512
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--suite", "--again");
  }

  @Override
  public Set<String> flags() {
    return Session.FLAGS;
  }

  private static EnrolSuite suite(Words words) {
    return switch (words.value("--suite").orElse("768")) {
      case "512" -> EnrolSuite.X25519_ML_KEM_512;
      case "768" -> EnrolSuite.X25519_ML_KEM_768;
      default ->
          throw new IllegalArgumentException(
              "--suite is 512 or 768: value=" + words.value("--suite").get());
    };
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(2, 2, "GATEWAY NODE");
    Renewed.expectProtection(words);
    EnrolSuite suite = suite(words);
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      Provider provider = new BouncyCastleProvider();
      try (EnrollingNode node =
          new EnrollingNode(suite, provider, provider, new BitsRandom(renewed.bits()))) {
        call.err().println("made keys of " + suite + "; asking the gateway");
        Optional<Answer> answer =
            session.askUntilNow(
                Line.Question.post(PATH, node.request().encode()),
                words.number("--again", 0, 1_000, 3));
        if (answer.filter(Answer::success).isEmpty()) {
          return Renewed.none(session, answer, call.err());
        }
        EnrollingNode.Enrolled enrolled = finish(session, node, answer.get().payload());
        return confirm(session, enrolled, suite.toString(), words, call);
      } catch (NoSuchAlgorithmException old) {
        throw new StateProblem(
            "BG-NODE-019 an enrolment takes a JDK with javax.crypto.KEM, 17.0.13 or 21 and later: "
                + old.getMessage());
      } catch (GeneralSecurityException e) {
        throw Renewed.untrue(String.valueOf(e.getMessage()));
      }
    }
  }

  private static EnrollingNode.Enrolled finish(Session session, EnrollingNode node, byte[] octets)
      throws GeneralSecurityException, StateProblem {
    EnrolAnswer answer =
        EnrolAnswer.decode(octets)
            .orElseThrow(() -> Renewed.untrue("it is no answer to an enrolment"));
    NodeKey before = session.key();
    return node.finish(
        new Enrolment.Before(before.secret(), session.node(), before.identity()), answer);
  }

  /** The key is in the state before the gateway has the node's word, so that none is ever lost. */
  private int confirm(
      Session session, EnrollingNode.Enrolled enrolled, String how, Words words, Command.Call call)
      throws IOException, InterruptedException {
    NodeKey key = new NodeKey(enrolled.identity(), enrolled.key(), enrolled.generation(), 0);
    session.file().change(s -> s.maybe(key));
    call.err().println("the gateway has the same key; confirming it");
    Optional<Answer> answer = session.ask(Line.Question.post(PATH, enrolled.word().encode()));
    if (answer.isEmpty()) {
      call.err()
          .println(
              session.silence()
                  + "; it may have taken the key or not: both are kept, and the next command asks");
      return Command.UNREACHABLE;
    }
    if (!answer.get().success()) {
      session.file().change(NodeState::notTaken);
      return Renewed.none(session, answer, call.err());
    }
    byte[] said = answer.get().payload();
    int again =
        said.length == WORD_ANSWER_OCTETS ? ByteBuffer.wrap(said, 1, Integer.BYTES).getInt() : 0;
    long at = renewed.againAt(again);
    session.file().change(s -> s.under(key, at));
    return Renewed.done(words, session, key, how, again, call.out());
  }
}
