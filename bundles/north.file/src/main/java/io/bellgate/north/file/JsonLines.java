package io.bellgate.north.file;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** A file of JSON lines with a bounded number of predecessors. Not thread safe. */
final class JsonLines implements Closeable {
  /** Looked up once: {@code Json.createReader} and its kin search for it at every call. */
  private static final JsonProvider JSON = JsonProvider.provider();

  private static final String CURRENT = "readings.jsonl";

  private final Path folder;
  private final long fullOctets;
  private final int kept;
  private FileChannel channel;
  private long highest = -1;

  JsonLines(Path folder, long fullOctets, int kept) {
    this.folder = folder;
    this.fullOctets = fullOctets;
    this.kept = kept;
  }

  Path file() {
    return folder.resolve(CURRENT);
  }

  /** The highest number that was written, 0 if there is none. */
  long highest() throws IOException {
    open();
    return highest;
  }

  private void open() throws IOException {
    if (channel != null) {
      return;
    }
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    long number = lastNumber(file());
    if (number == 0) {
      for (Path old : predecessors()) {
        number = Math.max(number, lastNumber(old));
      }
    }
    highest = number;
    channel =
        FileChannel.open(
            file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  /** Reads the number in the last whole line and cuts a torn one off. */
  private static long lastNumber(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "rw")) {
      long end = lineEnd(in, in.length());
      if (end < in.length()) {
        in.setLength(end);
      }
      if (end == 0) {
        return 0;
      }
      long start = lineEnd(in, end - 1);
      byte[] line = new byte[Math.toIntExact(end - start)];
      in.seek(start);
      in.readFully(line);
      try (JsonReader json =
          JSON.createReader(new StringReader(new String(line, StandardCharsets.UTF_8)))) {
        return json.readObject().getJsonNumber("number").longValueExact();
      } catch (JsonException | NullPointerException | ArithmeticException | ClassCastException e) {
        throw new IOException(
            "the last line of a readings file has a number: file="
                + file
                + ": move the file away, its readings stay in it",
            e);
      }
    }
  }

  /** The end of the last line that ends at or before {@code limit}. */
  private static long lineEnd(RandomAccessFile in, long limit) throws IOException {
    for (long at = limit; at > 0; at--) {
      in.seek(at - 1);
      if (in.read() == '\n') {
        return at;
      }
    }
    return 0;
  }

  void write(List<Delivery> deliveries) throws IOException {
    if (deliveries.isEmpty()) {
      return;
    }
    open();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (Delivery delivery : deliveries) {
      octets.writeBytes(line(delivery).toString().getBytes(StandardCharsets.UTF_8));
      octets.write('\n');
    }
    long before = -1;
    try {
      before = channel.size();
      ByteBuffer buffer = ByteBuffer.wrap(octets.toByteArray());
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
    } catch (IOException e) {
      giveUp(before);
      throw e;
    }
    highest = deliveries.get(deliveries.size() - 1).number();
    if (channel.size() >= fullOctets) {
      turn();
    }
  }

  /** After a failed write: no part of it stays, and the next one opens the file anew. */
  private void giveUp(long octets) throws IOException {
    try (FileChannel broken = channel) {
      channel = null;
      if (broken.isOpen() && octets >= 0) {
        broken.truncate(octets);
      }
    }
  }

  private void turn() throws IOException {
    close();
    Files.move(file(), folder.resolve(String.format("readings-%020d.jsonl", highest)));
    List<Path> old = predecessors();
    for (Path surplus : old.subList(0, Math.max(0, old.size() - kept))) {
      Files.delete(surplus);
    }
  }

  private List<Path> predecessors() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().matches("readings-[0-9]{20}\\.jsonl"))
          .sorted()
          .toList();
    }
  }

  private static JsonObject line(Delivery delivery) {
    Message message = delivery.message();
    JsonObjectBuilder line =
        JSON.createObjectBuilder()
            .add("number", delivery.number())
            .add("node", message.id().node())
            .add("seq", message.id().sequence())
            .add("resource", message.flow().text(Flow.RESOURCE))
            .add("class", message.flow().text(Flow.DATA_CLASS))
            .add("received", message.received().toString())
            .add("site", delivery.site());
    payload(line, message.payload());
    JsonObjectBuilder evidence = JSON.createObjectBuilder();
    delivery.evidence().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(e -> evidence.add(e.getKey(), e.getValue()));
    return line.add("evidence", evidence).build();
  }

  /** JSON as JSON, other text as text, the rest as base64. */
  private static void payload(JsonObjectBuilder line, byte[] payload) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      line.add("payload.base64", Base64.getEncoder().encodeToString(payload));
      return;
    }
    try (JsonReader json = JSON.createReader(new StringReader(text))) {
      JsonValue value = json.readValue();
      line.add("payload", value);
    } catch (JsonException | IllegalStateException e) {
      line.add("payload.text", text);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
