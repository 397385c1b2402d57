package io.bellgate.nodekeys;

import static io.bellgate.nodekeys.GenerationsTest.counting;
import static io.bellgate.nodekeys.GenerationsTest.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NextKeyAnswerTest {
  private static final byte[] OWN = counting(8, 8);

  private final NextKeyRequest request = new NextKeyRequest(true, counting(0, 8));
  private final Secret before = Secret.copyOf("0123456789abcdef0123456789ABCDEF".getBytes());
  private final Secret pool = Secret.copyOf(counting(100, 32));
  private final NextKeyAnswer bare =
      new NextKeyAnswer(false, OWN, 2, 86_400, new byte[0], "0011223344556677");
  private final NextKeyAnswer answer = bare.sealing(before, pool, request, "n1");

  @AfterEach
  void destroy() {
    before.destroy();
    pool.destroy();
  }

  /** Computed apart from this code, in another language, with OpenSSL's AES-256-CCM. */
  @Test
  void isWhatIsOnTheWire() throws Exception {
    assertEquals(
        "020108090a0b0c0d0e0f0000000200015180d613fa49bd47d159eccdc2099cc16c03c1e2069d23abe4f5823d82a95b82ab0f9a91ac4f576555e7f06b7d5a9d5dbe50"
            + "30303131323233333434353536363737",
        HexFormat.of().formatHex(answer.encode()));
    NextKeyAnswer read = NextKeyAnswer.decode(answer.encode()).orElseThrow();
    assertEquals(2, read.generation());
    assertEquals(86_400, read.againSeconds());
    assertEquals("0011223344556677", read.identity());
    assertEquals(
        "1477816177c5551d108fd0288ee7bf4e5fab468c8fe3662e6c15c456a5a3056d",
        hex(read.next(before, request, "n1")));
  }

  @Test
  void withoutAKeyOfThePoolIsTheDerivationOfVersionOne() throws Exception {
    NextKeyAnswer read = NextKeyAnswer.decode(bare.encode()).orElseThrow();
    assertEquals(
        "ec20347e1764d0f24cb9b3e8425737a09fdf2b66a8314aa6ba0090dc403c9c1a",
        hex(read.next(before, request, "n1")));
  }

  @Test
  void givesNoKeyIfAnythingWasChanged() throws Exception {
    byte[] octets = answer.encode();
    for (int i = 2; i < octets.length; i++) {
      byte[] changed = octets.clone();
      changed[i] ^= 1;
      NextKeyAnswer read = NextKeyAnswer.decode(changed).orElseThrow();
      assertThrows(AEADBadTagException.class, () -> read.next(before, request, "n1"), "octet=" + i);
    }
    NextKeyRequest other = new NextKeyRequest(true, counting(1, 8));
    assertThrows(AEADBadTagException.class, () -> answer.next(before, other, "n1"));
    assertThrows(AEADBadTagException.class, () -> answer.next(before, request, "n2"));
  }

  @Test
  void readsAnyOctetsOrNone() {
    long seed = 9;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(100)];
      random.nextBytes(octets);
      if (octets.length > 1) {
        octets[0] = 2;
        octets[1] &= 3;
      }
      NextKeyAnswer.decode(octets).ifPresent(a -> assertArrayEquals(octets, a.encode()));
      NextKeyRequest.decode(octets).ifPresent(a -> assertArrayEquals(octets, a.encode()));
    }
    assertEquals(Optional.empty(), NextKeyAnswer.decode(new byte[0]), "seed=" + seed);
    assertTrue(NextKeyRequest.decode(request.encode()).orElseThrow().pool());
    assertNotEquals(Optional.empty(), NextKeyAnswer.decode(bare.encode()));
  }
}
