package io.bellgate.nodekeys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.CCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

class CcmTest {
  /** Computed apart from this code, with OpenSSL's AES-256-CCM. */
  @Test
  void sealsWhatOthersSeal() {
    assertEquals(
        "7d27c6037fdb1befa4f0b9563aa97a85dadf785cfc8019dbc25ad34fc370c633"
            + "04cf5f5588abcf12ffa665b500e15da02545e1b4",
        HexFormat.of()
            .formatHex(
                Ccm.seal(
                    GenerationsTest.counting(0, 32),
                    GenerationsTest.counting(0, 13),
                    "header".getBytes(),
                    "a message of some length, 3 blocks?!".getBytes())));
  }

  @Test
  void agreesWithAnotherMakeAndOpensNothingThatWasChanged() throws Exception {
    long seed = 5;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] key = new byte[32];
      byte[] nonce = new byte[13];
      byte[] header = new byte[1 + random.nextInt(80)];
      byte[] plain = new byte[random.nextInt(80)];
      random.nextBytes(key);
      random.nextBytes(nonce);
      random.nextBytes(header);
      random.nextBytes(plain);
      byte[] sealed = Ccm.seal(key, nonce, header, plain);
      assertArrayEquals(another(key, nonce, header, plain), sealed, "seed=" + seed);
      assertArrayEquals(plain, Ccm.open(key, nonce, header, sealed));
      sealed[random.nextInt(sealed.length)] ^= (byte) (1 << random.nextInt(8));
      assertThrows(AEADBadTagException.class, () -> Ccm.open(key, nonce, header, sealed));
    }
    assertThrows(
        AEADBadTagException.class,
        () -> Ccm.open(new byte[32], new byte[13], new byte[1], new byte[15]));
  }

  /** Bouncy Castle's. */
  private static byte[] another(byte[] key, byte[] nonce, byte[] header, byte[] plain)
      throws Exception {
    CCMModeCipher cipher = CCMBlockCipher.newInstance(AESEngine.newInstance());
    cipher.init(true, new AEADParameters(new KeyParameter(key), 128, nonce, header));
    byte[] sealed = new byte[cipher.getOutputSize(plain.length)];
    int octets = cipher.processBytes(plain, 0, plain.length, sealed, 0);
    cipher.doFinal(sealed, octets);
    return sealed;
  }
}
