package org.example.sink.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.message.MessageId;
import io.bellgate.api.message.SinkContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvSinkTest extends SinkContract {
  @Override
  protected Opened open(Path where) {
    CsvSink sink = new CsvSink(where);
    return new Opened(sink, sink::close);
  }

  @Override
  protected List<MessageId> delivered(Path where) throws Exception {
    return Files.readAllLines(where.resolve("readings.csv")).stream()
        .map(line -> line.split(","))
        .map(f -> new MessageId(f[2].replace("\"", ""), Long.parseLong(f[3])))
        .toList();
  }

  @Test
  void writesOneLinePerDelivery() throws Exception {
    new CsvSink(folder).deliver(List.of(delivery(1, "{\"seq\":1}".getBytes())));
    assertEquals(
        "1,\"alice\",\"n\",1,\"pressure\",\"process\",2026-01-01T00:00:00.500Z,\"pqc\",eyJzZXEiOjF9\n",
        Files.readString(folder.resolve("readings.csv")));
  }

  @Test
  void cutsATornLineOff() throws Exception {
    new CsvSink(folder).deliver(List.of(delivery(1, new byte[0])));
    Files.writeString(folder.resolve("readings.csv"), "2,\"ali", StandardOpenOption.APPEND);
    new CsvSink(folder).deliver(List.of(delivery(2, new byte[0])));
    assertEquals(List.of(new MessageId("n", 1), new MessageId("n", 2)), delivered(folder));
  }
}
