package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Crypta Labs QCicada: photonic shot noise behind an FTDI adapter at 1,000,000 baud. It gives raw
 * samples, raw noise bits, or bits that SHA-256 has passed over; piece by piece on request, as a
 * stream, or, from firmware 5.13 on, signed.
 */
final class QCicada implements SerialKind {
  static final int BAUD = 1_000_000;
  private static final int KEY_OCTETS = 64;

  private static final Map<String, Byte> PROCESSING =
      Map.of("sha256", (byte) 0, "noise", (byte) 1, "samples", (byte) 2);

  /**
   * How it is asked.
   *
   * @param processing 0 SHA-256, 1 raw noise, 2 raw samples
   * @param continuous as a stream, else piece by piece
   * @param key what signs each piece
   */
  record Manner(byte processing, boolean continuous, Optional<PublicKey> key) {}

  private final Manner manner;
  private final Timing timing;

  private QCicada(Manner manner, Timing timing) {
    this.manner = manner;
    this.timing = timing;
  }

  static QCicada of(String mode, String publicKey, Timing timing) {
    boolean continuous = mode.endsWith("-continuous");
    byte processing = SerialKind.mode(PROCESSING, mode.replaceFirst("-continuous$", ""));
    Optional<PublicKey> key =
        publicKey.isEmpty() ? Optional.empty() : Optional.of(publicKey(publicKey));
    if (continuous && key.isPresent()) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-030 a stream is not signed, leave public.key or -continuous out: mode="
              + mode);
    }
    return new QCicada(new Manner(processing, continuous, key), timing);
  }

  /** A point of P-256, both coordinates in big endian (SEC 1, 2.3.4 without the first octet). */
  private static PublicKey publicKey(String hex) {
    try {
      byte[] point = HexFormat.of().parseHex(hex);
      if (point.length != KEY_OCTETS) {
        throw new IllegalArgumentException("octets=" + point.length);
      }
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
      ECPoint at = new ECPoint(new BigInteger(1, point, 0, 32), new BigInteger(1, point, 32, 32));
      if (!isOn(curve.getCurve(), at)) {
        throw new IllegalArgumentException("it is not on the curve");
      }
      return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(at, curve));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-030 public.key is a point of P-256 in 128 hexadecimal digits: "
              + e.getMessage(),
          e);
    }
  }

  /** y^2 = x^3 + ax + b mod p (SEC 1, 2.2.1); the JDK does not look. */
  private static boolean isOn(EllipticCurve curve, ECPoint at) {
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = at.getAffineX();
    BigInteger y = at.getAffineY();
    BigInteger right = x.pow(2).add(curve.getA()).multiply(x).add(curve.getB());
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && y.pow(2).subtract(right).mod(p).signum() == 0;
  }

  @Override
  public Output output() {
    return manner.processing == 0 ? Output.OPAQUE : Output.RAW;
  }

  /** Its adapter has the ids of any other FTDI adapter: it tells itself when it is opened. */
  @Override
  public boolean mayBe(UsbIdentity device) {
    return device.vendor().equals("0403");
  }

  @Override
  public boolean sharesIds() {
    return true;
  }

  @Override
  public Reading open(Path path) throws IOException {
    SerialLine line = SerialLine.open(path, BAUD);
    try {
      return new QCicadaReading(line, manner, timing);
    } catch (IOException e) {
      line.close();
      throw e;
    }
  }
}
