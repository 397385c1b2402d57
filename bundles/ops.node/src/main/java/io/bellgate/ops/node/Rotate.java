package io.bellgate.ops.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.ops.Command;
import io.bellgate.nodekeys.Generations;
import io.bellgate.nodekeys.NextKeyAnswer;
import io.bellgate.nodekeys.NextKeyRequest;
import io.bellgate.ops.node.line.Answer;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.state.NodeKey;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;

/** Asks for the next key ({@code POST /keys}, versions 1 and 2). */
final class Rotate implements Verb {
  private static final String PATH = "/keys";
  private static final byte FIRST_VERSION = 1;

  private final Renewed renewed;

  Rotate(Renewed renewed) {
    this.renewed = renewed;
  }

  @Override
  public String name() {
    return "rotate";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node rotate GATEWAY NODE [--pool] [--version 1|2] [--again N] [options]

    Asks the gateway for the node's next key, which is derived from the one before and two nonces:
    one round trip, and symmetric algorithms only. What the node says next goes under it.

      --pool              mix a key of the gateway's pool into it
      --version N         of the message: 2 (default), or 1, which knows no pool
      --again N           how often to ask again if the gateway cannot now (default 3)
    """
        + Session.HELP
        + """

    examples:
      bellgate node rotate coaps://HOST pump-17
      bellgate node rotate HOST pump-17 --oscore --pool
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--version", "--again");
  }

  @Override
  public Set<String> flags() {
    return NodeCommand.and(Session.FLAGS, "--pool");
  }

  /**
   * The next key, and when to ask for the one after it.
   *
   * @param key which the state owns
   * @param how it was made
   */
  private record Next(NodeKey key, String how, int againSeconds) {}

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(2, 2, "GATEWAY NODE");
    Renewed.expectProtection(words);
    long version = words.number("--version", 1, 2, 2);
    boolean pool = words.has("--pool");
    if (pool && version == 1) {
      throw new IllegalArgumentException("--pool is of version 2");
    }
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      NodeKey before = session.key();
      byte[] nonce = new byte[Generations.NONCE_OCTETS];
      renewed.bits().fill(nonce);
      NextKeyRequest request = new NextKeyRequest(pool, nonce);
      byte[] payload =
          version == 2
              ? request.encode()
              : ByteBuffer.allocate(1 + nonce.length).put(FIRST_VERSION).put(nonce).array();
      Optional<Answer> answer =
          session.askUntilNow(
              Line.Question.post(PATH, payload), words.number("--again", 0, 1_000, 3));
      if (answer.filter(Answer::success).isEmpty()) {
        return Renewed.none(session, answer, call.err());
      }
      byte[] octets = answer.get().payload();
      Next next =
          version == 2
              ? second(session.node(), before.secret(), request, octets)
              : first(session.node(), before.secret(), nonce, octets);
      long at = renewed.againAt(next.againSeconds());
      session.file().change(s -> s.under(next.key(), at));
      return Renewed.done(words, session, next.key(), next.how(), next.againSeconds(), call.out());
    }
  }

  private static Next first(String node, Secret before, byte[] nonce, byte[] octets)
      throws StateProblem {
    int head = 1 + Generations.NONCE_OCTETS + Integer.BYTES;
    if (octets.length != head + NextKeyAnswer.IDENTITY_OCTETS || octets[0] != FIRST_VERSION) {
      throw Renewed.untrue("it is no answer of version 1");
    }
    ByteBuffer in = ByteBuffer.wrap(octets, 1, octets.length - 1);
    byte[] own = new byte[Generations.NONCE_OCTETS];
    in.get(own);
    int generation = in.getInt();
    String identity = StandardCharsets.US_ASCII.decode(in).toString();
    if (!identity.matches("[!-~]+")) {
      throw Renewed.untrue("its identity is none");
    }
    Secret key = Generations.next(before, nonce, own, node, generation);
    return new Next(new NodeKey(identity, key, generation, 0), "nonces", 0);
  }

  private static Next second(String node, Secret before, NextKeyRequest request, byte[] octets)
      throws StateProblem {
    NextKeyAnswer answer =
        NextKeyAnswer.decode(octets)
            .orElseThrow(() -> Renewed.untrue("it is no answer of version 2"));
    try {
      Secret key = answer.next(before, request, node);
      return new Next(
          new NodeKey(answer.identity(), key, answer.generation(), 0),
          answer.pool() ? "pool" : "nonces",
          answer.againSeconds());
    } catch (AEADBadTagException forged) {
      throw Renewed.untrue("the key of the pool was not sealed to this node");
    }
  }
}
