package io.bellgate.ops.node;

import io.bellgate.api.bits.Secret;
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
import javax.crypto.AEADBadTagException;

/**
 * Asks for the next key ({@code POST /keys}).
 *
 * @param pool whether a key of the pool is wanted; of version 2
 * @param version of the message, 1 or 2
 * @param again how often to ask again if the gateway cannot now
 */
record NextKey(boolean pool, long version, long again) {
  private static final String PATH = "/keys";
  private static final byte FIRST_VERSION = 1;

  /**
   * The next key, and when to ask for the one after it.
   *
   * @param key which the state owns
   * @param how it was made
   */
  record Next(NodeKey key, String how, int againSeconds) {}

  /**
   * What came of it.
   *
   * @param next what the node has now, durably; empty if it was given none
   * @param answer empty if none came
   */
  record Given(Optional<Next> next, Optional<Answer> answer) {}

  /** Asks, and changes the state; the session speaks under the key before still. */
  Given ask(Session session, Renewed renewed)
      throws IOException, InterruptedException, StateProblem {
    Secret before = session.key().secret();
    byte[] nonce = new byte[Generations.NONCE_OCTETS];
    renewed.bits().fill(nonce);
    NextKeyRequest request = new NextKeyRequest(pool, nonce);
    byte[] payload =
        version == 2
            ? request.encode()
            : ByteBuffer.allocate(1 + nonce.length).put(FIRST_VERSION).put(nonce).array();
    Optional<Answer> answer = session.askUntilNow(Line.Question.post(PATH, payload), again);
    if (answer.filter(Answer::success).isEmpty()) {
      return new Given(Optional.empty(), answer);
    }
    byte[] octets = answer.get().payload();
    Next next =
        version == 2
            ? second(session.node(), before, request, octets)
            : first(session.node(), before, nonce, octets);
    long at = renewed.againAt(next.againSeconds());
    session.file().change(s -> s.under(next.key(), at));
    return new Given(Optional.of(next), answer);
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
