package io.bellgate.api.qkd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Two ends of a classical channel in memory, with everything that was said on the record. A tag is
 * a message that says how many messages it covers; whoever changes a message between breaks it.
 */
public final class ChannelPair {
  private static final long HANG_SECONDS = 60;
  private static final byte[] CUT = new byte[0];

  private final End alice = new End(Role.ALICE);
  private final End bob = new End(Role.BOB);
  private final List<Said> transcript = new ArrayList<>();
  private volatile UnaryOperator<Said> between = s -> s;

  /** Makes both ends. */
  public ChannelPair() {
    alice.other = bob;
    bob.other = alice;
  }

  /**
   * One thing that was said.
   *
   * @param by who said it
   * @param tag true for a tag
   * @param octets the message as it arrives
   */
  public record Said(Role by, boolean tag, byte[] octets) {}

  /**
   * The end of a role.
   *
   * @param role which
   * @return always the same
   */
  public ClassicalChannel end(Role role) {
    return role == Role.ALICE ? alice : bob;
  }

  /**
   * Everything said so far, in order.
   *
   * @return a copy
   */
  public List<Said> transcript() {
    synchronized (transcript) {
      return List.copyOf(transcript);
    }
  }

  /**
   * Puts somebody between the ends.
   *
   * @param change gives what arrives; null drops it
   */
  public void between(UnaryOperator<Said> change) {
    between = change;
  }

  /** Cuts both directions: who waits, or says something, learns it. */
  public void cut() {
    alice.cut();
    bob.cut();
  }

  /**
   * Ends what a role says: who has read all of it and waits for more learns that the channel is
   * cut.
   *
   * @param role who says nothing more
   */
  public void hangUp(Role role) {
    (role == Role.ALICE ? bob : alice).arrived.add(new Said(role, false, CUT));
  }

  private final class End implements ClassicalChannel {
    private final Role role;
    private final BlockingQueue<Said> arrived = new LinkedBlockingQueue<>();
    private End other;
    private int sent;
    private boolean changed;
    private int received;
    private volatile boolean cut;

    End(Role role) {
      this.role = role;
    }

    void cut() {
      cut = true;
      arrived.add(new Said(role, false, CUT));
    }

    @Override
    public void send(byte[] message) throws ChannelBroken {
      sent++;
      say(new Said(role, false, message.clone()));
    }

    private void say(Said said) throws ChannelBroken {
      if (cut) {
        throw new ChannelBroken(ChannelBroken.Reason.CUT, "the channel is cut");
      }
      Said through = between.apply(said);
      synchronized (transcript) {
        transcript.add(said);
      }
      if (through == null || !java.util.Arrays.equals(through.octets(), said.octets())) {
        other.changed = true;
      }
      if (through != null) {
        other.arrived.add(through);
      }
    }

    @Override
    public byte[] receive() throws ChannelBroken, InterruptedException {
      Said said = next();
      if (said.tag()) {
        throw new ChannelBroken(ChannelBroken.Reason.MALFORMED, "a tag came, not a message");
      }
      received++;
      return said.octets();
    }

    private Said next() throws ChannelBroken, InterruptedException {
      Said said = arrived.poll(HANG_SECONDS, TimeUnit.SECONDS);
      if (said == null || said.octets() == CUT || cut) {
        throw new ChannelBroken(ChannelBroken.Reason.CUT, "the channel is cut");
      }
      return said;
    }

    @Override
    public void authenticate() throws ChannelBroken {
      say(new Said(role, true, new byte[] {(byte) sent}));
      sent = 0;
    }

    @Override
    public void verify() throws ChannelBroken, InterruptedException {
      Said said = next();
      if (!said.tag()) {
        throw new ChannelBroken(ChannelBroken.Reason.MALFORMED, "a message came, not a tag");
      }
      if (changed || said.octets()[0] != (byte) received) {
        throw new ChannelBroken(ChannelBroken.Reason.UNAUTHENTIC, "the tag is wrong");
      }
      received = 0;
    }
  }
}
