package org.example.sink.csv;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Sink;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Writes one line of comma-separated values per delivery to {@code readings.csv}, with fsync before
 * it answers. The last whole line holds the highest number: that is its memory across restarts.
 */
@Component(
    configurationPid = "org.example.sink.csv",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = Sink.NAME + "=csv")
@Designate(ocd = CsvSink.Settings.class)
public final class CsvSink implements Sink {
  /** The configuration. */
  @ObjectClassDefinition(name = "CSV sink")
  public @interface Settings {
    @AttributeDefinition(description = "Folder of readings.csv")
    String folder();
  }

  private final Path file;
  private RandomAccessFile out;
  private long highest;

  /** Opens nothing yet: in a swap the version before may still be writing. */
  @Activate
  public CsvSink(Settings settings) {
    this(Path.of(settings.folder()));
  }

  CsvSink(Path folder) {
    file = folder.resolve("readings.csv");
  }

  @Override
  public synchronized void deliver(List<Delivery> deliveries) throws IOException {
    open();
    StringBuilder lines = new StringBuilder();
    long last = highest;
    for (Delivery delivery : deliveries) {
      if (delivery.number() > last) {
        lines.append(line(delivery)).append('\n');
        last = delivery.number();
      }
    }
    long before = out.length();
    try {
      out.seek(before);
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      out.getFD().sync();
      highest = last;
    } catch (IOException e) {
      out.setLength(before); // all of them come again
      throw e;
    }
  }

  private void open() throws IOException {
    if (out != null) {
      return;
    }
    Files.createDirectories(file.getParent());
    RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
    byte[] octets = new byte[Math.toIntExact(opened.length())];
    opened.readFully(octets);
    int end = octets.length;
    while (end > 0 && octets[end - 1] != '\n') {
      end--; // a line that was torn by a crash was never answered for
    }
    opened.setLength(end);
    String[] lines = new String(octets, 0, end, StandardCharsets.UTF_8).split("\n");
    String last = lines[lines.length - 1];
    highest = last.isEmpty() ? 0 : Long.parseLong(last.substring(0, last.indexOf(',')));
    out = opened;
  }

  private static String line(Delivery delivery) {
    var message = delivery.message();
    return String.join(
        ",",
        Long.toString(delivery.number()),
        quoted(delivery.site()),
        quoted(message.id().node()),
        Long.toString(message.id().sequence()),
        quoted(message.flow().text(Flow.RESOURCE)),
        quoted(message.flow().text(Flow.DATA_CLASS)),
        message.received().toString(),
        quoted(delivery.evidence().getOrDefault("protection", "")),
        Base64.getEncoder().encodeToString(message.payload()));
  }

  /** RFC 4180, section 2, without line breaks inside a field. */
  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"").replaceAll("\\R", " ") + '"';
  }

  @Deactivate
  synchronized void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }
}
