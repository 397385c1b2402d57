package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Reading;
import io.bellgate.entropy.device.serial.QCicadaFrames.Configuration;
import io.bellgate.entropy.device.serial.QCicadaFrames.Identity;
import io.bellgate.entropy.device.serial.QCicadaFrames.Statistics;
import io.bellgate.entropy.device.serial.QCicadaFrames.Status;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A QCicada that is open. Octets are given out after its status and its failure counters said that
 * all was well at their end, too; but of a stream, which cannot be asked, as they come, with a look
 * at least every 65,536 octets.
 */
final class QCicadaReading implements Reading {
  static final String ALGORITHM = "SHA256withECDSAinP1363Format";
  private static final int PIECE_OCTETS = 8_192;
  private static final int STREAMED_OCTETS = 65_536;
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SerialLine line;
  private final QCicada.Manner manner;
  private final Timing timing;
  private final Statistics atStart;
  private int streamed;
  private boolean streams;
  private long lastNanos;

  /** Stops whatever it does, makes sure who it is, and sets what it gives. */
  QCicadaReading(SerialLine line, QCicada.Manner manner, Timing timing) throws IOException {
    this.line = line;
    this.manner = manner;
    this.timing = timing;
    line.atClose(QCicadaFrames.STOP);
    silence();
    Identity identity = Identity.of(ask(QCicadaFrames.IDENTITY_IS, QCicadaFrames.IDENTITY));
    if (!identity.hardware().startsWith("CICADA-QRNG")) {
      throw new IOException(
          "BG-ENTROPY-038 this is no QCicada: path=" + line + " identity=" + identity);
    }
    configure();
    status();
    atStart = statistics();
  }

  /** A stream that an earlier reader left on would be taken for replies. */
  private void silence() throws IOException {
    line.write(new byte[] {QCicadaFrames.STOP}, timing.silenceMillis());
    timing.settle();
    line.drain(timing.settleMillis());
  }

  private void configure() throws IOException {
    Configuration wanted = configuration().with(manner.processing());
    byte[] command = new byte[1 + wanted.octets().length];
    command[0] = QCicadaFrames.SET_CONFIGURATION;
    System.arraycopy(wanted.octets(), 0, command, 1, wanted.octets().length);
    ask(QCicadaFrames.ACK, command);
    Configuration kept = configuration();
    if (!kept.keeps(wanted)) {
      throw new IOException(
          "BG-ENTROPY-040 a device does not keep its configuration: path="
              + line
              + " wanted="
              + wanted
              + " kept="
              + kept);
    }
  }

  private Configuration configuration() throws IOException {
    return new Configuration(ask(QCicadaFrames.CONFIGURATION, QCicadaFrames.GET_CONFIGURATION));
  }

  private Statistics statistics() throws IOException {
    return Statistics.of(ask(QCicadaFrames.STATISTICS_ARE, QCicadaFrames.STATISTICS));
  }

  private void status() throws IOException {
    Status.of(ask(QCicadaFrames.ACK, QCicadaFrames.STATUS)).refuseIll();
  }

  /** One command, and what follows the octet of its reply. */
  private byte[] ask(byte reply, byte... command) throws IOException {
    line.write(command, timing.silenceMillis());
    byte[] first = new byte[1];
    line.read(first, 0, 1, timing.silenceMillis());
    if (first[0] != reply) {
      throw new IOException(
          String.format(
              "BG-ENTROPY-036 a device answers out of turn%s: path=%s command=%02x wanted=%02x",
              first[0] == QCicadaFrames.NACK ? ", it refused" : "", line, command[0], reply));
    }
    byte[] payload = new byte[QCicadaFrames.payloadOctets(reply)];
    line.read(payload, 0, payload.length, timing.silenceMillis());
    return payload;
  }

  @Override
  public void read(byte[] samples) throws IOException {
    try {
      for (int done = 0; done < samples.length; ) {
        int octets = Math.min(samples.length - done, PIECE_OCTETS);
        if (manner.continuous()) {
          stream(samples, done, octets);
        } else if (manner.key().isPresent()) {
          signed(samples, done, octets, manner.key().get());
        } else {
          oneShot(samples, done, octets);
        }
        done += octets;
      }
    } catch (IOException e) {
      Arrays.fill(samples, (byte) 0);
      throw e;
    }
  }

  private void oneShot(byte[] samples, int from, int octets) throws IOException {
    byte[] start = QCicadaFrames.length(octets, QCicadaFrames.START, QCicadaFrames.ONE_SHOT);
    Status.of(ask(QCicadaFrames.ACK, start)).refuseIll();
    line.read(samples, from, octets, timing.silenceMillis());
    refuseIll();
  }

  private void refuseIll() throws IOException {
    status();
    statistics().refuseFailuresSince(atStart);
  }

  /** The signature proves the device, not that the octets are fresh: it covers them alone. */
  private void signed(byte[] samples, int from, int octets, PublicKey key) throws IOException {
    ask(QCicadaFrames.SIGNED, QCicadaFrames.length(octets, QCicadaFrames.SIGNED_READ));
    line.read(samples, from, octets, timing.silenceMillis());
    byte[] signature = new byte[QCicadaFrames.SIGNATURE_OCTETS];
    line.read(signature, 0, signature.length, timing.silenceMillis());
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(samples, from, octets);
      if (!verifier.verify(signature)) {
        throw new IOException(
            "BG-ENTROPY-039 what a device gave is not signed with the key that is configured: path="
                + line);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("BG-ENTROPY-039 a signature is none: path=" + line, e);
    }
    refuseIll();
  }

  /** A stream is stopped now and then for a look at the status, and when it has become old. */
  private void stream(byte[] samples, int from, int octets) throws IOException {
    if (streams && System.nanoTime() - lastNanos > STALE_NANOS) {
      stopStream();
    }
    if (!streams) {
      status();
      byte[] start = QCicadaFrames.length(0, QCicadaFrames.START, QCicadaFrames.CONTINUOUS);
      Status.of(ask(QCicadaFrames.ACK, start)).refuseIll();
      streams = true;
      streamed = 0;
    }
    line.read(samples, from, octets, timing.silenceMillis());
    streamed += octets;
    lastNanos = System.nanoTime();
    if (streamed >= STREAMED_OCTETS) {
      stopStream();
    }
  }

  private void stopStream() throws IOException {
    streams = false;
    silence();
    refuseIll();
  }

  @Override
  public void close() {
    line.close();
  }
}
