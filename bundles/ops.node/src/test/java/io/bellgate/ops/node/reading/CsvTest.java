package io.bellgate.ops.node.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  @TempDir Path folder;

  private List<String> read(String text) throws IOException {
    Path file = folder.resolve("rows.csv");
    Files.writeString(file, text);
    List<String> payloads = new ArrayList<>();
    try (Csv rows = new Csv(file)) {
      while (rows.hasNext()) {
        Reading.Counted reading = rows.next().at(payloads.size());
        assertEquals(Reading.JSON, reading.format());
        assertTrue(reading.query().isEmpty());
        payloads.add(new String(reading.payload(), StandardCharsets.UTF_8));
      }
    }
    return payloads;
  }

  @Test
  void makesAnObjectOfEachRow() throws Exception {
    assertEquals(
        List.of(
            "{\"seq\":0,\"t\":\"2010-01-01T01:00:00\",\"v\":1016.60,\"ok\":true}",
            "{\"seq\":1,\"t\":\"2010-01-01T02:00:00\",\"v\":-7}"),
        read("t,v,ok\n2010-01-01T01:00:00,1016.60,true\n2010-01-01T02:00:00, -7 ,\n"));
  }

  @Test
  void takesSemicolonsQuotationMarksAndAFileWithoutAnEnd() throws Exception {
    assertEquals(
        List.of("{\"seq\":0,\"note\":\"dry; \\\"cold\\\"\",\"v\":\"1,5\"}"),
        read("note;v\n\n\"dry; \"\"cold\"\"\";1,5"));
  }

  @Test
  void takesForANumberWhatJsonWritesAsOne() throws Exception {
    assertEquals(
        List.of(
            "{\"seq\":0,\"v\":\"01\"}",
            "{\"seq\":1,\"v\":\"+1\"}",
            "{\"seq\":2,\"v\":\"NaN\"}",
            "{\"seq\":3,\"v\":\"1e9999\"}",
            "{\"seq\":4,\"v\":1E-7}"),
        read("v\n01\n+1\nNaN\n1e9999\n1e-7\n"));
  }

  @Test
  void refusesNamesThatAreNone() {
    for (String wrong : new String[] {"", "a,\n1,2\n", "a,a\n1,2\n", "v,seq\n1,2\n", "\"a\n"}) {
      assertThrows(IllegalArgumentException.class, () -> read(wrong), wrong);
    }
  }

  @Test
  void namesTheLineThatHasOtherCells() {
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> read("a,b\n1,2\n\n1,2,3\n"));
    assertTrue(wrong.getMessage().contains("line=4"), wrong::getMessage);
  }
}
