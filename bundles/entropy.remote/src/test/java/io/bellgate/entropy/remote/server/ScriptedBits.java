package io.bellgate.entropy.remote.server;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.Provenance.Construction;
import io.bellgate.api.entropy.RandomBits;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A hub that says what a test wants it to say. */
final class ScriptedBits implements RandomBits {
  private final Random samples = new Random(3);
  private final List<Secret> given = new CopyOnWriteArrayList<>();
  private volatile Construction construction = Construction.RBG3_XOR;
  private volatile boolean failing;

  void now(Construction made) {
    construction = made;
  }

  void fail() {
    failing = true;
  }

  /** What was given out, for a look at whether it was destroyed. */
  List<Secret> given() {
    return given;
  }

  @Override
  public Drawn drawBest(int octets) {
    Provenance from = provenance();
    byte[] drawn = new byte[octets];
    samples.nextBytes(drawn);
    Secret secret = Secret.absorb(drawn);
    given.add(secret);
    return new Drawn(secret, from);
  }

  @Override
  public Secret draw(int octets) {
    throw new AssertionError("the best is drawn");
  }

  @Override
  public void fill(byte[] octets) {
    throw new AssertionError("the best is drawn");
  }

  @Override
  public Provenance provenance() {
    if (failing) {
      throw new EntropyFailure("BG-ENTROPY-003 for a test");
    }
    return new Provenance(construction, List.of("device:\"a\"", "device:b"), false);
  }
}
