package io.bellgate.north.file;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Sink;
import io.bellgate.api.ops.StatusSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * A sink that writes one JSON line per delivery (docs/wire-format.md) to a file, with fsync before
 * it answers.
 *
 * <p>The file itself is the memory of what was delivered: its last whole line holds the highest
 * number, so a delivery that comes again after a crash is not written twice. Opened at the first
 * delivery, so that a new version beside an old one starts where the old one ended. One lock, on
 * this object.
 */
@Component(
    configurationPid = "io.bellgate.north.file",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {Sink.NAME + "=file", StatusSource.SECTION + "=north.file"})
@Designate(ocd = FileSink.Settings.class)
public final class FileSink implements Sink, StatusSource {
  /** The configuration. */
  @ObjectClassDefinition(name = "File sink", description = "Writes what arrives as JSON lines")
  public @interface Settings {
    /**
     * Where to write.
     *
     * @return a folder
     */
    @AttributeDefinition(description = "Folder of readings.jsonl and its predecessors")
    String folder();

    /**
     * When to begin a new file.
     *
     * @return mebioctets
     */
    @AttributeDefinition(
        name = "file.mebioctets",
        description = "Size at which a new file begins",
        min = "1",
        max = "1024")
    int file_mebioctets() default 16;

    /**
     * How many old files to keep.
     *
     * @return files beside the current one
     */
    @AttributeDefinition(
        name = "files.kept",
        description = "Full files kept beside the current one",
        min = "1",
        max = "10000")
    int files_kept() default 16;
  }

  private final JsonLines lines;
  private long delivered;
  private long repeated;

  /**
   * Takes the configuration; opens nothing yet.
   *
   * @param settings where and how much
   */
  @Activate
  public FileSink(Settings settings) {
    lines =
        new JsonLines(
            Path.of(settings.folder()),
            settings.file_mebioctets() * 1024L * 1024L,
            settings.files_kept());
  }

  @Deactivate
  synchronized void deactivate() throws IOException {
    lines.close();
  }

  @Override
  public synchronized void deliver(List<Delivery> deliveries) throws IOException {
    long highest = lines.highest();
    List<Delivery> fresh = deliveries.stream().filter(d -> d.number() > highest).toList();
    lines.write(fresh);
    delivered += fresh.size();
    repeated += deliveries.size() - fresh.size();
  }

  @Override
  public synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("file", lines.file().toString());
    status.put("delivered", delivered);
    status.put("repeatedAfterCrash", repeated);
    return status;
  }
}
