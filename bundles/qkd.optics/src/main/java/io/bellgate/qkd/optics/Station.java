package io.bellgate.qkd.optics;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The fibre's side of a bench that is connected.
 *
 * @param <M> what this bench may be told: {@link Message.ToAlice} or {@link Message.ToBob}
 */
final class Station<M extends Message> {
  private static final byte[] LEFT = new byte[0];

  private final String site;
  private final OutputStream out;
  private final AutoCloseable connection;
  private final BlockingQueue<byte[]> settings = new ArrayBlockingQueue<>(2);
  private Message.Begin waiting;

  Station(String site, OutputStream out, AutoCloseable connection) {
    this.site = site;
    this.out = out;
    this.connection = connection;
  }

  String site() {
    return site;
  }

  /** The block this bench is ready for, or null; guarded by its link. */
  Message.Begin waiting() {
    return waiting;
  }

  /** Answers that came before belong to a block that ended without them. */
  void waits(Message.Begin begin) {
    settings.removeIf(s -> s != LEFT);
    waiting = begin;
  }

  synchronized void send(M message) throws IOException {
    byte[] frame = Wire.write(message);
    out.write(frame);
    Arrays.fill(frame, (byte) 0);
  }

  /** Settings came: at most as many as were asked for. */
  void answered(byte[] chosen) throws Malformed {
    if (!settings.offer(chosen)) {
      throw new Malformed("a bench answers when it is asked");
    }
  }

  /** Nothing comes any more. */
  void left() {
    settings.clear();
    settings.add(LEFT);
  }

  /** Waits for as many settings as were asked for. */
  byte[] settings(int asked, long seconds) throws Broken, InterruptedException {
    byte[] chosen = settings.poll(seconds, TimeUnit.SECONDS);
    if (chosen == null) {
      throw new Broken("BG-OPTICS-007 a bench answers in time: site=" + site);
    }
    if (chosen == LEFT) {
      settings.add(LEFT);
      throw new Broken("BG-OPTICS-006 the bench of a site has left: site=" + site);
    }
    if (chosen.length != asked) {
      throw new Broken(
          "BG-OPTICS-001 a bench answers what it is asked: site="
              + site
              + " asked="
              + asked
              + " settings="
              + chosen.length);
    }
    return chosen;
  }

  void close() {
    try {
      connection.close();
    } catch (Exception e) {
      // it is gone either way
      System.getLogger(Station.class.getName())
          .log(System.Logger.Level.DEBUG, "a bench did not close: {0}", e.getMessage());
    }
  }

  /** A block cannot go on. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String reason) {
      super(reason);
    }
  }
}
