package io.bellgate.coap.node.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadingTest {
  private static final String VOLTAGE =
      "{\"bn\":\"urn:dev:ow:10e2073a01080063:\",\"bt\":1.276020076e9,\"bu\":\"A\",\"bver\":5,"
          + "\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1}";

  /** The same as {@link #VOLTAGE}. */
  private static final String VOLTAGE_CBOR =
      "a7"
          + ("21781c" + hex("urn:dev:ow:10e2073a01080063:"))
          + "221a4c0e856c"
          + "236141"
          + "2005"
          + ("0067" + hex("voltage"))
          + "016156"
          + "02fb405e066666666666";

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Reading read(Format format, String text, String... query) {
    return Reading.of(format, List.of(query), text.getBytes(StandardCharsets.UTF_8));
  }

  private static Reading cbor(Format format, String hex, String... query) {
    return Reading.of(format, List.of(query), HexFormat.of().parseHex(hex));
  }

  private static void refuses(String rule, Format format, String text, String... query) {
    Malformed why = assertThrows(Malformed.class, () -> read(format, text, query), text);
    assertTrue(why.getMessage().contains(rule), text + ": " + why.getMessage());
  }

  private static void refusesCbor(String rule, Format format, String hex) {
    Malformed why = assertThrows(Malformed.class, () -> cbor(format, hex, "seq=1"), hex);
    assertTrue(why.getMessage().contains(rule), hex + ": " + why.getMessage());
  }

  @Test
  void findsCountValueAndUnitInAnObject() {
    assertEquals(
        new Reading(17, Map.of("value", 1016.6, "unit", "hPa")),
        read(Format.JSON, "{\"seq\":17,\"v\":1016.6,\"u\":\"hPa\",\"more\":{\"v\":[null]}}"));
    assertEquals(
        new Reading(17, Map.of("value", 1016.5, "unit", "hPa")),
        cbor(
            Format.CBOR,
            "a4"
                + "63736571"
                + "11"
                + "6176"
                + "fb408fc40000000000"
                + "6175"
                + "63685061"
                + "07f6"));
    assertEquals(
        new Reading(3, Map.of("value.boolean", true)), read(Format.JSON, "{\"seq\":3,\"v\":true}"));
    assertEquals(
        new Reading(Long.MAX_VALUE, Map.of("value.text", "open")),
        read(Format.JSON, "{\"v\":\"open\",\"seq\":9223372036854775807}"));
    assertEquals(
        new Reading(0, Map.of()), read(Format.JSON, "{\"seq\":0,\"v\":{\"x\":1},\"u\":7}"));
  }

  @Test
  void takesTheCountFromTheQuery() {
    assertEquals(
        new Reading(5, Map.of("value", 21.5)), read(Format.TEXT, " 21.5\n", "unit=K", "seq=5"));
    assertEquals(
        new Reading(5, Map.of("value.boolean", false)), read(Format.TEXT, "false", "seq=5"));
    assertEquals(new Reading(5, Map.of("value.text", "21,5")), read(Format.TEXT, "21,5", "seq=5"));
    assertEquals(new Reading(5, Map.of("value", -40.0)), read(Format.JSON, "-4e1", "seq=5"));
    assertEquals(new Reading(5, Map.of()), read(Format.JSON, "[1,2]", "seq=5"));
    assertEquals(
        new Reading(5, Map.of("value", 2.0)), read(Format.JSON, "{\"v\":2,\"seq\":5}", "seq=5"));
    refuses("one `seq`", Format.JSON, "{\"v\":2,\"seq\":5}", "seq=6");
    for (String query : List.of("seq=", "seq=-1", "seq=1.0", "seq=9223372036854775808", "seq=+1")) {
      refuses("once", Format.TEXT, "1", query);
    }
    refuses("once", Format.TEXT, "1", "seq=1", "seq=1");
    refuses("`seq` of at least 0", Format.TEXT, "1");
    refuses("`seq` of at least 0", Format.JSON, "{\"v\":1}", "sek=1");
  }

  @Test
  void refusesWhatIsNotOneJsonText() {
    for (String text :
        List.of(
            "",
            " ",
            "{",
            "{\"seq\":1",
            "{\"seq\":1}}",
            "{\"seq\":1} 2",
            "{'seq':1}",
            "nul",
            "{\"seq\":01}",
            "[1,]",
            "{\"seq\":1,}",
            "\u0000",
            "NaN",
            "{\"seq\":.5}")) {
      refuses("", Format.JSON, text, "seq=1");
    }
    refuses("one member", Format.JSON, "{\"seq\":1,\"seq\":1}");
    refuses("deep", Format.JSON, "[".repeat(33) + "1" + "]".repeat(33), "seq=1");
    assertEquals(1, read(Format.JSON, "[".repeat(32) + "1" + "]".repeat(32), "seq=1").sequence());
    refuses("deep", Format.JSON, "[".repeat(8_000) + "]".repeat(8_000), "seq=1");
    assertThrows(
        Malformed.class,
        () -> Reading.of(Format.TEXT, List.of("seq=1"), new byte[] {(byte) 0xc3, 0x28}));
  }

  @Test
  void refusesNumbersThatCostMoreThanTheyAreLong() {
    for (String number :
        List.of(
            "1e999999999", "1e-999999999", "-1E+1000", "1e0000000001", "1e400", "1".repeat(65))) {
      refuses("a number", Format.JSON, "{\"seq\":1,\"x\":[" + number + "]}");
      refuses("a number", Format.TEXT, number, "seq=1");
    }
    assertEquals(Map.of("value", 0.0), read(Format.JSON, "{\"seq\":1,\"v\":-1e-999}").attributes());
  }

  @Test
  void leavesOutTextsThatAreLongOrNotPrintable() {
    assertEquals(
        Map.of("value.text", "\u00b5".repeat(128)),
        read(Format.TEXT, "\u00b5".repeat(128), "seq=1").attributes());
    for (String text :
        List.of("", "x".repeat(129), "a\\nb", "\\ud800", "a\\u202eb", "\\u0000", "\\u2028")) {
      assertEquals(
          Map.of(),
          read(Format.JSON, "{\"seq\":1,\"v\":\"" + text + "\",\"u\":\"" + text + "\"}")
              .attributes(),
          text);
    }
  }

  @Test
  void readsTheNumbersOfCbor() {
    Map<String, Double> examples =
        Map.ofEntries( // RFC 8949, appendix A
            Map.entry("00", 0.0),
            Map.entry("1903e8", 1_000.0),
            Map.entry("1b000000e8d4a51000", 1e12),
            Map.entry("3903e7", -1_000.0),
            Map.entry("f90000", 0.0),
            Map.entry("f98000", 0.0),
            Map.entry("f93c00", 1.0),
            Map.entry("f93e00", 1.5),
            Map.entry("f97bff", 65_504.0),
            Map.entry("f90001", 5.960464477539063e-8),
            Map.entry("f90400", 0.00006103515625),
            Map.entry("f9c400", -4.0),
            Map.entry("fa47c35000", 100_000.0),
            Map.entry("fb7e37e43c8800759c", 1.0e300),
            Map.entry("fbc010666666666666", -4.1),
            Map.entry("c48221196ab3", 273.15));
    examples.forEach(
        (hex, value) ->
            assertEquals(
                Map.of("value", value), cbor(Format.CBOR, hex, "seq=1").attributes(), hex));
    for (String silent :
        List.of(
            "f97c00",
            "f97e00",
            "fb7ff0000000000000",
            "1bffffffffffffffff",
            "f6",
            "f7",
            "f8ff",
            "4101",
            "c11a514b67b0",
            "c249010000000000000000",
            "80",
            "a0",
            "bf0102ff",
            "9fff")) {
      assertEquals(Map.of(), cbor(Format.CBOR, silent, "seq=1").attributes(), silent);
    }
    assertEquals(
        Map.of("value.text", "streaming"),
        cbor(Format.CBOR, "7f657374726561646d696e67ff", "seq=1").attributes());
  }

  @Test
  void refusesCborThatIsNotWellFormedOrAmbiguous() {
    refusesCbor("complete", Format.CBOR, "");
    for (String cut :
        List.of(
            "18",
            "1901",
            "82",
            "8201",
            "a101",
            "61",
            "5bffffffffffffffff",
            "9affffffff",
            "9bffffffffffffffff",
            "bb7fffffffffffffff00",
            "7f6161",
            "9f",
            "bf01",
            "c1",
            "fb00",
            "f8")) {
      refusesCbor("complete", Format.CBOR, cut);
    }
    for (String wrong : List.of("1c", "1f", "3e", "5c", "df00", "fc", "ff", "f810", "9f1cff")) {
      refusesCbor("well-formed", Format.CBOR, wrong);
    }
    refusesCbor("ends", Format.CBOR, "0101");
    refusesCbor("one member", Format.CBOR, "a201010102");
    refusesCbor("one member", Format.CBOR, "a20101180102");
    refusesCbor("key", Format.CBOR, "a1810101");
    refusesCbor("key", Format.CBOR, "a1f93c0001");
    refusesCbor("UTF-8", Format.CBOR, "61ff");
    refusesCbor("UTF-8", Format.CBOR, "7f61c361a9ff");
    refusesCbor("chunks", Format.CBOR, "7f4101ff");
    refusesCbor("chunks", Format.CBOR, "5f5f4101ffff");
    refusesCbor("decimal fraction", Format.CBOR, "c482391fff01");
    refusesCbor("decimal fraction", Format.CBOR, "c4821b7fffffffffffffff01");
    refusesCbor("decimal fraction", Format.CBOR, "c401");
    for (String deep : List.of("81", "9f", "c1", "a101", "d9d9f7")) {
      refusesCbor("deep", Format.CBOR, deep.repeat(4_000));
    }
    String nestedKey = "81".repeat(400) + "01" + "00";
    refusesCbor("deep", Format.CBOR, "b81e" + nestedKey.repeat(30));
  }

  @Test
  void resolvesTheOneRecordOfAPack() {
    Map<String, Object> voltage =
        Map.of(
            "value",
            120.1,
            "unit",
            "V",
            "record.name",
            "urn:dev:ow:10e2073a01080063:voltage",
            "record.time",
            1.276020076e9);
    assertEquals(new Reading(9, voltage), read(Format.SENML_JSON, "[" + VOLTAGE + "]", "seq=9"));
    assertEquals(new Reading(9, voltage), cbor(Format.SENML_CBOR, "81" + VOLTAGE_CBOR, "seq=9"));
    assertEquals(
        new Reading(7, voltage),
        read(Format.SENML_JSON, "[" + VOLTAGE + ",{\"n\":\"seq\",\"v\":7}]"));
    assertEquals(
        new Reading(7, voltage),
        cbor(Format.SENML_CBOR, "82" + VOLTAGE_CBOR + "a2006373657102f94700"));
    assertEquals(
        Map.of("value", 21.5, "unit", "Cel", "record.name", "t"),
        read(
                Format.SENML_JSON,
                "[{\"n\":\"seq\",\"v\":1,\"bu\":\"Cel\"},{\"bv\":20,\"n\":\"t\",\"v\":1.5,\"t\":-5}]")
            .attributes());
    assertEquals(
        Map.of("value.boolean", true, "record.name", "a/b"),
        read(Format.SENML_JSON, "[{\"bn\":\"a/\",\"n\":\"b\",\"vb\":true}]", "seq=1").attributes());
    assertEquals(
        Map.of("record.name", "e"),
        read(Format.SENML_JSON, "[{\"n\":\"e\",\"s\":3.5}]", "seq=1").attributes());
    assertEquals(
        Map.of("record.name", "d"),
        read(Format.SENML_JSON, "[{\"n\":\"d\",\"vd\":\"AQI\",\"x\":1}]", "seq=1").attributes());
    assertEquals(
        new Reading(12, Map.of()),
        read(
            Format.SENML_JSON,
            "[" + VOLTAGE + ",{\"n\":\"current\",\"v\":1.2},{\"bv\":10,\"n\":\"seq\",\"v\":2}]"),
        "of several records none is the reading's");
  }

  @Test
  void refusesPacksThatBreakTheStandard() {
    String many = "{\"n\":\"a\",\"v\":1},".repeat(100);
    refuses("array", Format.SENML_JSON, "{\"n\":\"a\",\"v\":1}", "seq=1");
    refuses("array", Format.SENML_JSON, "[]", "seq=1");
    refuses("array", Format.SENML_JSON, "[" + many + "{\"n\":\"a\",\"v\":1}]", "seq=1");
    assertEquals(
        1,
        read(Format.SENML_JSON, "[" + many.substring(0, many.length() - 1) + "]", "seq=1")
            .sequence());
    refuses("record", Format.SENML_JSON, "[1]", "seq=1");
    refuses("one of v", Format.SENML_JSON, "[{\"n\":\"a\"}]", "seq=1");
    refuses("one of v", Format.SENML_JSON, "[{\"bn\":\"a\",\"bs\":1}]", "seq=1");
    refuses("one of v", Format.SENML_JSON, "[{\"n\":\"a\",\"v\":1,\"vs\":\"1\"}]", "seq=1");
    refuses("ends in _", Format.SENML_JSON, "[{\"n\":\"a\",\"v\":1,\"new_\":1}]", "seq=1");
    refuses("version", Format.SENML_JSON, "[{\"bver\":11,\"n\":\"a\",\"v\":1}]", "seq=1");
    refuses("version", Format.SENML_JSON, "[{\"bver\":0,\"n\":\"a\",\"v\":1}]", "seq=1");
    refuses("version", Format.SENML_JSON, "[{\"bver\":5.5,\"n\":\"a\",\"v\":1}]", "seq=1");
    refuses("name", Format.SENML_JSON, "[{\"v\":1}]", "seq=1");
    refuses("name", Format.SENML_JSON, "[{\"n\":\"-a\",\"v\":1}]", "seq=1");
    refuses("name", Format.SENML_JSON, "[{\"n\":\"a b\",\"v\":1}]", "seq=1");
    refuses("fits", Format.SENML_JSON, "[{\"n\":\"a\",\"bv\":1.7e308,\"v\":1.7e308}]", "seq=1");
    refuses(
        "one record `seq`", Format.SENML_JSON, "[{\"n\":\"seq\",\"v\":1},{\"n\":\"seq\",\"v\":1}]");
    for (String count :
        List.of("\"v\":1.5", "\"v\":-1", "\"v\":9007199254740992", "\"vs\":\"1\"", "\"s\":1")) {
      refuses("record `seq`", Format.SENML_JSON, "[{\"n\":\"seq\"," + count + "}]");
    }
    for (String field :
        List.of(
            "\"n\":1",
            "\"bn\":null",
            "\"bt\":\"1\"",
            "\"vb\":1",
            "\"v\":\"1\"",
            "\"vd\":\"A\"",
            "\"vd\":\"A+==\"",
            "\"ut\":true",
            "\"u\":{}",
            "\"bver\":\"10\"")) {
      refuses("type", Format.SENML_JSON, "[{" + field + "}]", "seq=1");
    }
    refuses("`seq` of at least 0", Format.SENML_JSON, "[{\"bn\":\"s\",\"n\":\"eq\",\"v\":1}]");
    refusesCbor("integers", Format.SENML_CBOR, "81a2616e61610201");
    refusesCbor("integers", Format.SENML_CBOR, "81a300616102010901");
    refusesCbor("type", Format.SENML_CBOR, "81a200616102f97e00");
    refusesCbor("type", Format.SENML_CBOR, "81a2006161086141");
  }

  @Test
  void givesAReadingOrSaysTheRuleWhateverTheOctetsAre() {
    long seed = 20;
    Random random = new Random(seed);
    Map<Format, byte[]> valid =
        Map.of(
            Format.TEXT, "-273.15e0".getBytes(StandardCharsets.UTF_8),
            Format.JSON,
                "{\"seq\":17,\"v\":1016.6e1,\"u\":\"hPa\",\"x\":[true,null,{\"\\u00e9\":\"\u00e9\"}]}"
                    .getBytes(StandardCharsets.UTF_8),
            Format.CBOR,
                HexFormat.of()
                    .parseHex(
                        "a5637365711161"
                            + "76c48221196ab36175636850610782f6f93c00"
                            + "18809f7f6161ffff"),
            Format.SENML_JSON,
                ("[" + VOLTAGE + ",{\"n\":\"seq\",\"v\":7}]").getBytes(StandardCharsets.UTF_8),
            Format.SENML_CBOR,
                HexFormat.of().parseHex("82" + VOLTAGE_CBOR + "a2006373657102f94700"));
    valid.forEach(
        (format, payload) -> {
          List<String> query = format == Format.TEXT ? List.of("seq=1") : List.of();
          Reading.of(format, query, payload);
          int[] outcomes = new int[2];
          for (int i = 0; i < 20_000; i++) {
            byte[] mutant = mutant(payload, random);
            try {
              Reading reading = Reading.of(format, query, mutant);
              assertTrue(reading.sequence() >= 0);
              outcomes[0]++;
            } catch (Malformed expected) {
              outcomes[1]++;
            } catch (RuntimeException | StackOverflowError other) {
              throw new AssertionError(
                  "seed=" + seed + " " + format + " " + HexFormat.of().formatHex(mutant), other);
            }
          }
          assertTrue(
              outcomes[0] > 100 && outcomes[1] > 100,
              "seed=" + seed + " " + format + " " + Arrays.toString(outcomes));
        });
  }

  /** Changes, cuts, doubles or moves some octets. */
  private static byte[] mutant(byte[] valid, Random random) {
    byte[] mutant = valid.clone();
    for (int k = random.nextInt(3); k >= 0; k--) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant = Arrays.copyOf(mutant, at + 1);
        case 3 -> {
          int octets = 1 + random.nextInt(mutant.length - at);
          byte[] longer = Arrays.copyOf(mutant, mutant.length + octets);
          System.arraycopy(mutant, at, longer, at + octets, mutant.length - at);
          mutant = longer;
        }
        default -> mutant[at] = valid[random.nextInt(valid.length)];
      }
    }
    return mutant;
  }
}
