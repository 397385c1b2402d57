package io.bellgate.coap.readings;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Sink;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.api.node.NodeResource;
import io.bellgate.api.node.Observations;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What nodes of other sites measured last, for nodes of this one to read and observe.
 *
 * <p>Stateful: what it kept is on the disk. In the gap of a swap nodes are told to ask again, and
 * deliveries wait at the router; then whoever serves nodes asks for all that is observed, and so
 * says anew who is to be told. What it hands over is on disk already, so the parked state is empty.
 * One lock, on this object, for the life of the store; nobody is told anything while it is held.
 */
@Component(
    configurationPid = "io.bellgate.coap.readings",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {Sink.class, NodeResource.class, StatusSource.class, Handover.class},
    property = {
      Sink.NAME + "=" + Readings.NAME,
      NodeResource.NAME + "=" + Readings.NAME,
      StatusSource.SECTION + "=" + Readings.NAME,
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1"
    })
@Designate(ocd = Readings.Settings.class)
public final class Readings implements Sink, NodeResource, StatusSource, Handover {
  static final String NAME = "readings";
  static final String SWAPPED = "BG-READ-008 readings are being swapped: try again";
  private static final String SELF = "io.bellgate.coap.readings";

  /** The configuration. */
  @ObjectClassDefinition(
      name = "Readings",
      description = "What nodes of other sites measured last, for nodes of this one")
  public @interface Settings {
    /**
     * Where the durable state lives.
     *
     * @return a folder
     */
    @AttributeDefinition(description = "Folder of the durable state")
    String folder();

    /**
     * Who may read what.
     *
     * @return {@code NODE=SITE/NODE/RESOURCE} each
     */
    @AttributeDefinition(
        description =
            "NODE=SITE/NODE/RESOURCE each: that node of this site may read what that one measures; a"
                + " whole part may be *; nobody if empty")
    String[] readers() default {};

    /**
     * How a node may reach the gateway to read.
     *
     * @return words of the ingress
     */
    @AttributeDefinition(
        name = "node.ingress",
        description =
            "How nodes may reach the gateway for readings: DTLS-PSK, OSCORE; none: anybody may claim"
                + " a reader's name")
    String[] node_ingress() default {"DTLS-PSK", "OSCORE"};

    /**
     * How long an answer holds.
     *
     * @return seconds
     */
    @AttributeDefinition(
        name = "max.age.seconds",
        description = "An answer holds so long; an observer that hears nothing registers again",
        min = "1",
        max = "86400")
    int max_age_seconds() default 60;
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile Observations observations;

  private final Askers askers = new Askers();
  private volatile Settings settings;
  private volatile Talk talk;
  private volatile Latest latest;

  /** Starts with what the component runtime binds. */
  public Readings() {}

  @Activate
  synchronized void activate(Settings configured) {
    talk = talk(configured);
    settings = configured;
    latest = open();
  }

  @Modified
  void modified(Settings configured) {
    synchronized (this) {
      talk = talk(configured);
      boolean isElsewhere = !settings.folder().equals(configured.folder());
      settings = configured;
      if (isElsewhere && latest != null) {
        deactivate();
        latest = open();
      }
    }
    changed(askers.all()); // who may not read any more is told so
  }

  private Talk talk(Settings configured) {
    return new Talk(
        new Rules(
            new Readers(configured.readers()),
            new LinkedHashSet<>(List.of(configured.node_ingress())),
            configured.max_age_seconds()),
        askers);
  }

  @Deactivate
  synchronized void deactivate() {
    Latest open = latest;
    latest = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        System.getLogger(Readings.class.getName())
            .log(System.Logger.Level.WARNING, "closing the store of readings", e);
      }
    }
  }

  private Latest open() {
    Path folder = Path.of(settings.folder());
    try {
      return new Latest(Disk.FILES, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the store of readings must open: folder=" + folder, e);
    }
  }

  private void changed(Collection<String> nodes) {
    Observations observers = observations;
    if (observers != null) {
      nodes.forEach(node -> observers.changed(NAME, node));
    }
  }

  @Override
  public CompletionStage<Answer> ask(Ask ask) {
    Latest open = latest;
    return CompletableFuture.completedFuture(open == null ? Talk.later(1) : talk.ask(ask, open));
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws IOException {
    Latest open = latest;
    if (open == null) {
      throw new IOException(SWAPPED);
    }
    Set<String> readers = new LinkedHashSet<>();
    open.deliver(deliveries).forEach(source -> readers.addAll(askers.of(source)));
    changed(readers);
  }

  @Override
  public Map<String, Object> status() {
    Latest open = latest;
    if (open == null) {
      return Map.of("state", "parked");
    }
    Map<String, Object> status = new LinkedHashMap<>(open.status());
    status.put("askedFor", askers.pairs());
    status.put("refused", talk.refused());
    return status;
  }

  @Override
  public synchronized Parked park(int format, Duration bound) {
    deactivate();
    return new Parked(SELF, format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public synchronized void resume() {
    if (latest == null) {
      latest = open();
    }
  }
}
