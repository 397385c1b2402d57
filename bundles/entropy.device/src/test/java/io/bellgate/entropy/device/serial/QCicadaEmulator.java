package io.bellgate.entropy.device.serial;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;

/** A QCicada as its protocol describes it, written from the frames and not from the driver. */
final class QCicadaEmulator extends Emulator {
  private static final int GENERATE_ON_ERROR = 0x20;
  volatile int flags = 1;
  volatile int flagsAfterPiece = 1;
  volatile int repetitionFailures;
  volatile String hardware = "CICADA-QRNG-1.1";
  volatile boolean generatesOnErrorForEver;
  volatile boolean forges;
  volatile boolean silent;
  volatile int pieces;
  volatile int signedPieces;
  volatile int stops;

  /** SHA-256, level 0.5, start-up test, gives on error; 3 LSB, 64, 4096, 100. */
  volatile byte[] configuration =
      ByteBuffer.allocate(12)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put((byte) 0)
          .putFloat(0.5f)
          .put((byte) (1 | GENERATE_ON_ERROR))
          .put((byte) 3)
          .put((byte) 64)
          .putShort((short) 4096)
          .putShort((short) 100)
          .array();

  private final KeyPair key;

  QCicadaEmulator(Fault fault) throws IOException, GeneralSecurityException {
    super(fault);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    key = generator.generateKeyPair();
  }

  String publicKey() {
    ECPublicKey point = (ECPublicKey) key.getPublic();
    return String.format("%064x%064x", point.getW().getAffineX(), point.getW().getAffineY());
  }

  @Override
  boolean understands(int baud) {
    return baud == 1_000_000;
  }

  @Override
  void command(byte first) throws IOException {
    switch (first) {
      case 0x01 -> acknowledge();
      case 0x04 -> start(next(3));
      case 0x05 -> {
        stops++;
        stream(false);
        acknowledge();
      }
      case 0x07 -> answer(frame(0x17, configuration));
      case 0x08 -> configure(next(12));
      case 0x09 -> answer(statistics());
      case 0x0b -> answer(identity());
      case 0x51 -> signed(length(next(2)));
      default -> answer((byte) 0x12);
    }
  }

  private void acknowledge() throws IOException {
    answer((byte) 0x11, (byte) flags, (byte) 0, (byte) 16, (byte) 0, (byte) 0);
  }

  private static int length(byte[] octets) {
    return (octets[0] & 0xff) | (octets[1] & 0xff) << 8;
  }

  private void start(byte[] fields) throws IOException {
    acknowledge();
    if (fields[0] == 0) {
      stream(!silent);
      return;
    }
    pieces++;
    give(random(length(new byte[] {fields[1], fields[2]})));
    flags = flagsAfterPiece;
  }

  private void configure(byte[] wanted) throws IOException {
    configuration = wanted;
    if (generatesOnErrorForEver) {
      configuration[5] |= GENERATE_ON_ERROR;
    }
    acknowledge();
  }

  private void signed(int octets) throws IOException {
    signedPieces++;
    byte[] piece = random(octets);
    answer((byte) 0x52);
    try {
      Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
      signer.initSign(key.getPrivate());
      signer.update(piece);
      byte[] signature = signer.sign();
      if (forges) {
        piece[octets - 1] ^= 1;
      }
      give(ByteBuffer.allocate(octets + 64).put(piece).put(signature).array());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static byte[] frame(int reply, byte[] payload) {
    return ByteBuffer.allocate(1 + payload.length).put((byte) reply).put(payload).array();
  }

  private byte[] statistics() {
    return ByteBuffer.allocate(31)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x19)
        .putLong(123_456_789_012L)
        .putInt(repetitionFailures)
        .array();
  }

  private byte[] identity() {
    byte[] frame = new byte[57];
    frame[0] = 0x1b;
    ByteBuffer.wrap(frame, 5, 4).order(ByteOrder.LITTLE_ENDIAN).putInt(0x0005000d);
    byte[] serial = "QC0000000217".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(serial, 0, frame, 9, serial.length);
    byte[] model = hardware.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(model, 0, frame, 33, model.length);
    return frame;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(configuration);
  }
}
