package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * A transmitter or a receiver on the simulated fibre. Connects when it is first needed, and again
 * after a failure, but not more often than its pause says, which doubles up to a minute. One block
 * at a time, under one lock; settings are asked of the caller on the caller's thread.
 */
final class Device implements QuantumChannel, AutoCloseable {
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long MOST_PAUSE_MILLIS = 60_000;

  private final InetSocketAddress address;
  private final Message.Hello hello;
  private final int waitMillis;
  private final Pace pace;
  private final ReentrantLock lock = new ReentrantLock();
  private Source told;
  private long pauseMillis;
  private long notBefore;
  private volatile Cable cable;
  private volatile boolean closed;
  private volatile String description = "simulated fibre, not connected yet";
  private volatile String lastError = "none";

  Device(InetSocketAddress address, Message.Hello hello, int waitMillis, Pace pace) {
    this.address = address;
    this.hello = hello;
    this.waitMillis = waitMillis;
    this.pace = pace;
    this.notBefore = pace.nanos();
  }

  /** Connected, or why not. */
  private Cable cable() throws IOException {
    Cable now = cable;
    if (now != null && now.open()) {
      return now;
    }
    if (closed) {
      throw new IOException("the bench is closed");
    }
    if (pace.nanos() - notBefore < 0) {
      throw new IOException(lastError);
    }
    try {
      now =
          Cable.connect(
              new InetSocketAddress(address.getHostString(), address.getPort()), hello, waitMillis);
    } catch (IOException e) {
      pauseMillis = Math.min(MOST_PAUSE_MILLIS, Math.max(FIRST_PAUSE_MILLIS, 2 * pauseMillis));
      notBefore = pace.nanos() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
      throw e;
    }
    pauseMillis = 0;
    description = now.welcome().description();
    cable = now;
    return now;
  }

  @Override
  public Emission emit(UUID block, long pulses, IntSupplier settings)
      throws ChannelBroken, InterruptedException {
    mustBe(Role.ALICE);
    Prepared prepared = new Prepared();
    boolean whole = false;
    try {
      run(new Message.Begin(block, pulses), settings, prepared);
      whole = true;
      return prepared;
    } finally {
      if (!whole) {
        prepared.close();
      }
    }
  }

  @Override
  public Detections detect(UUID block, long pulses, IntSupplier settings)
      throws ChannelBroken, InterruptedException {
    mustBe(Role.BOB);
    Found found = new Found();
    try {
      run(new Message.Begin(block, pulses), settings, found);
      return found.take();
    } finally {
      found.wipe();
    }
  }

  private void mustBe(Role needed) {
    if (hello.role() != needed) {
      throw new IllegalStateException("only " + needed + " does that: role=" + hello.role());
    }
  }

  /** What an end keeps of a block. */
  interface Notes {
    /** The settings that this end chose for a batch; taken over. */
    void chosen(Passage.Batch batch, byte[] settings);

    /** What clicked in the last batch. */
    void clicked(byte[] outcomes) throws Malformed;
  }

  private void run(Message.Begin begin, IntSupplier settings, Notes notes)
      throws ChannelBroken, InterruptedException {
    if (!lock.tryLock()) {
      throw broken("BG-OPTICS-009 a bench runs one block at a time");
    }
    try {
      boolean kept = connected();
      Cable now = cable();
      Message first;
      try {
        first = ready(now, begin);
      } catch (IOException e) {
        if (!kept
            || e instanceof SocketTimeoutException
            || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // the fibre was restarted since the last block
        now.close();
        now = cable();
        first = ready(now, begin);
      }
      follow(now, first, begin, settings, notes);
    } catch (IOException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
  }

  /** Says that this end is ready, if the source is still the one that it was told of. */
  private Message ready(Cable now, Message.Begin begin) throws IOException, ChannelBroken {
    if (told != null && now.welcome().source() != told) {
      throw broken(
          "BG-OPTICS-013 the source is the one this end was told of: told="
              + told
              + " now="
              + now.welcome().source()
              + "; run the block again");
    }
    now.send(begin);
    return now.receive();
  }

  private void follow(
      Cable now, Message first, Message.Begin begin, IntSupplier settings, Notes notes)
      throws IOException, ChannelBroken {
    long from = 0;
    boolean done = false;
    try {
      for (Message message = first; ; message = now.receive()) {
        if (message instanceof Message.Begun begun) {
          description = begun.description();
        } else if (message instanceof Message.Ask ask) {
          from = answer(now, ask.batch(), from, begin, settings, notes);
        } else if (message instanceof Message.Clicked clicked) {
          notes.clicked(clicked.outcomes());
        } else if (message instanceof Message.Ended ended) {
          done = true;
          lastError = ended.reason();
          throw broken(ended.reason());
        } else if (message instanceof Message.Passed && from == begin.pulses()) {
          done = true;
          return;
        } else {
          throw new Malformed("a block passes in order: " + message.getClass().getSimpleName());
        }
      }
    } finally {
      if (!done) {
        now.close();
      }
    }
  }

  private static long answer(
      Cable now,
      Passage.Batch batch,
      long from,
      Message.Begin begin,
      IntSupplier settings,
      Notes notes)
      throws IOException {
    if (batch.from() != from || batch.to() > begin.pulses()) {
      throw new Malformed("batches follow one another: from=" + batch.from());
    }
    byte[] chosen = new byte[batch.offsets().length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (byte) (settings.getAsInt() & 3);
    }
    now.send(new Message.Settings(chosen));
    notes.chosen(batch, chosen);
    return batch.to();
  }

  private static ChannelBroken broken(String reason) {
    return new ChannelBroken(ChannelBroken.Reason.DEVICE, reason);
  }

  private ChannelBroken failed(IOException e) throws InterruptedException {
    if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
      Thread.interrupted();
      throw new InterruptedException("the block was cancelled");
    }
    String what =
        e instanceof SocketTimeoutException
            ? "nothing came within milliseconds=" + waitMillis + ": does the other end run?"
            : e.getMessage() == null ? e.toString() : e.getMessage();
    Cable now = cable;
    if (now != null) {
      now.close();
    }
    lastError =
        what.startsWith("BG-OPTICS-")
            ? what
            : "BG-OPTICS-011 the simulated fibre answers: address=" + address + " " + what;
    return broken(lastError);
  }

  /** Connects if need be. Without a fibre: the kind that gives no key. */
  @Override
  public Source source() {
    lock.lock();
    try {
      told = cable().welcome().source();
      return told;
    } catch (IOException e) {
      lastError = "BG-OPTICS-011 the simulated fibre answers: address=" + address + " " + e;
      description = "simulated fibre, not connected: " + lastError;
      told = Source.WEAK_COHERENT;
      return told;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean simulated() {
    return true;
  }

  @Override
  public String description() {
    return description;
  }

  boolean connected() {
    Cable now = cable;
    return now != null && now.open();
  }

  String lastError() {
    return lastError;
  }

  @Override
  public void close() {
    closed = true;
    Cable now = cable;
    if (now != null) {
      now.close();
    }
  }
}
