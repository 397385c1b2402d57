package io.bellgate.oscore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.bits.Secret;
import io.bellgate.oscore.OscorePeer.RequestId;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The test vectors of RFC 8613, Appendix C. */
class VectorsTest {
  private static final String SECRET = "0102030405060708090a0b0c0d0e0f10";
  private static final String SALT = "9e7ca92223786340";
  private static final byte[] PLAIN = hex("01b3747631");

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static SecurityContext context(
      String salt, Optional<String> idContext, String sender, String recipient, long next) {
    return new SecurityContext(
        "other",
        Secret.copyOf(hex(SECRET)),
        new SecurityContext.Parameters(
            hex(salt),
            idContext.map(VectorsTest::hex),
            hex(sender),
            hex(recipient),
            Aead.AES_CCM_16_64_128),
        () -> next);
  }

  private static void sealsRequest(
      SecurityContext client, String kid, String associated, String nonce, String ciphertext) {
    byte[] iv = client.nextPartialIv();
    assertArrayEquals(hex("14"), iv);
    RequestId id = new RequestId(hex(kid), iv);
    assertEquals(associated, HexFormat.of().formatHex(client.associated(id)));
    assertEquals(nonce, HexFormat.of().formatHex(client.nonce(id.kid(), iv)));
    assertEquals(ciphertext, HexFormat.of().formatHex(client.seal(id, id.kid(), iv, PLAIN)));
  }

  @Test
  void c4WithMasterSalt() {
    sealsRequest(
        context(SALT, Optional.empty(), "", "01", 20),
        "",
        "8368456e63727970743040488501810a40411440",
        "4622d4dd6d944168eefb549868",
        "612f1092f1776f1c1668b3825e");
  }

  @Test
  void c5WithoutMasterSalt() {
    sealsRequest(
        context("", Optional.empty(), "00", "01", 20),
        "00",
        "8368456e63727970743040498501810a4100411440",
        "bf35ae297d2dace910c52e99ed",
        "4ed339a5a379b0b8bc731fffb0");
  }

  @Test
  void c6WithIdContext() {
    sealsRequest(
        context(SALT, Optional.of("37cbf3210017a2d3"), "", "01", 20),
        "",
        "8368456e63727970743040488501810a40411440",
        "2ca58fb85ff1b81c0b7181b84a",
        "72cd7273fd331ac45cffbe55c3");
  }

  @Test
  void c7AndC8AnswersUnderTheNonceOfTheRequestAndTheirOwn() throws GeneralSecurityException {
    SecurityContext server = context(SALT, Optional.empty(), "01", "", 0);
    SecurityContext client = context(SALT, Optional.empty(), "", "01", 20);
    RequestId id = new RequestId(hex(""), hex("14"));
    assertArrayEquals(
        PLAIN, server.open(id, id.kid(), id.partialIv(), hex("612f1092f1776f1c1668b3825e")));
    byte[] answer = hex("45ff48656c6c6f20576f726c6421");
    String first = "dbaad1e9a7e7b2a813d3c31524378303cdafae119106";
    String second = "4d4c13669384b67354b2b6175ff4b8658c666a6cf88e";
    assertEquals(
        first, HexFormat.of().formatHex(server.seal(id, id.kid(), id.partialIv(), answer)));
    byte[] own = server.nextPartialIv();
    assertEquals(second, HexFormat.of().formatHex(server.seal(id, hex("01"), own, answer)));
    assertArrayEquals(answer, client.open(id, id.kid(), id.partialIv(), hex(first)));
    assertArrayEquals(answer, client.open(id, hex("01"), own, hex(second)));
    assertThrows(GeneralSecurityException.class, () -> client.open(id, id.kid(), own, hex(second)));
  }

  @Test
  void optionsOfC4ToC8() {
    assertEquals("0914", option(20, Optional.empty(), Optional.of("")));
    assertEquals("091400", option(20, Optional.empty(), Optional.of("00")));
    assertEquals(
        "19140837cbf3210017a2d3", option(20, Optional.of("37cbf3210017a2d3"), Optional.of("")));
    assertEquals("", HexFormat.of().formatHex(OscoreOption.EMPTY.encode()));
    assertEquals("0100", option(0, Optional.empty(), Optional.empty()));
  }

  private static String option(long number, Optional<String> context, Optional<String> kid) {
    OscoreOption option =
        new OscoreOption(
            OscoreOption.partialIv(number),
            context.map(VectorsTest::hex),
            kid.map(VectorsTest::hex));
    byte[] value = option.encode();
    OscoreOption read = OscoreOption.decode(value);
    assertEquals(number, read.sequence());
    assertArrayEquals(kid.map(VectorsTest::hex).orElse(null), read.kid().orElse(null));
    assertArrayEquals(context.map(VectorsTest::hex).orElse(null), read.kidContext().orElse(null));
    return HexFormat.of().formatHex(value);
  }
}
