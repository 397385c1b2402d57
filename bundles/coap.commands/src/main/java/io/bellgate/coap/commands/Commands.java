package io.bellgate.coap.commands;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Sink;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.api.node.NodeResource;
import io.bellgate.api.node.Observations;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.issue.Order;
import io.bellgate.coap.commands.queue.Format;
import io.bellgate.coap.commands.queue.Rules;
import io.bellgate.coap.commands.queue.Talk;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
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
 * Commands towards nodes, at both ends: issues those of this site's operators, keeps those that
 * arrive until their nodes ask, and reports how they ended.
 *
 * <p>Stateful: everything it promised is in its book, on the disk. In the gap of a swap nodes are
 * told to ask again, deliveries wait at the router and the command line says to try again. While
 * the router is absent nodes are served all the same: reports wait in the book. What it hands over
 * is on disk already, so the parked state is empty. One lock, on this object, for the life of the
 * book; a thread of the station's own for what is in it.
 */
@Component(
    configurationPid = "io.bellgate.coap.commands",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {Sink.class, NodeResource.class, StatusSource.class, Handover.class, Desk.class},
    property = {
      Sink.NAME + "=" + Commands.NAME,
      NodeResource.NAME + "=" + Commands.NAME,
      StatusSource.SECTION + "=" + Commands.NAME,
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1"
    })
@Designate(ocd = Commands.Settings.class)
public final class Commands implements Sink, NodeResource, StatusSource, Handover, Desk {
  static final String NAME = "commands";
  private static final String SELF = "io.bellgate.coap.commands";

  /** The configuration. */
  @ObjectClassDefinition(name = "Commands", description = "Commands towards nodes, at both ends")
  public @interface Settings {
    /**
     * This site.
     *
     * @return a site ID
     */
    @AttributeDefinition(description = "This site's ID")
    String site();

    /**
     * Where the durable state lives.
     *
     * @return a folder
     */
    @AttributeDefinition(description = "Folder of the durable state")
    String folder();

    /**
     * Whose operators may command nodes of this site, beside its own.
     *
     * @return sites
     */
    @AttributeDefinition(
        name = "from.sites",
        description =
            "Sites whose operators may command nodes here, beside this one's; none if empty")
    String[] from_sites() default {};

    /**
     * How a node may reach the gateway to be told commands.
     *
     * @return words of the ingress
     */
    @AttributeDefinition(
        name = "node.ingress",
        description =
            "How nodes may reach the gateway for commands: DTLS-PSK, OSCORE; none: anybody may read and"
                + " answer them")
    String[] node_ingress() default {"DTLS-PSK", "OSCORE"};

    /**
     * Bound of the queue of one node.
     *
     * @return commands
     */
    @AttributeDefinition(
        name = "node.most",
        description = "Most commands that wait for one node; further ones are refused",
        min = "1",
        max = "1000")
    int node_most() default 32;

    /**
     * Bound of all queues.
     *
     * @return commands
     */
    @AttributeDefinition(
        name = "waiting.most",
        description = "Most commands that wait for all nodes; further ones are refused",
        min = "1",
        max = "10000")
    int waiting_most() default 10_000;

    /**
     * How many issued commands are remembered.
     *
     * @return commands
     */
    @AttributeDefinition(
        name = "sent.most",
        description = "So many issued commands are listed, with their results",
        min = "1",
        max = "10000")
    int sent_most() default 1_000;

    /**
     * How long a command waits if its issuer does not say.
     *
     * @return seconds
     */
    @AttributeDefinition(
        name = "life.seconds",
        description = "A command expires after so long, if its issuer does not say",
        min = "1",
        max = "2592000")
    int life_seconds() default 86_400;

    /**
     * How much a command to each resource matters.
     *
     * @return {@code RESOURCE=CLASS} each
     */
    @AttributeDefinition(
        name = "data.classes",
        description = "RESOURCE=CLASS each, for issued commands; others are `command`")
    String[] data_classes() default {};

    /**
     * How much a result matters.
     *
     * @return a data class
     */
    @AttributeDefinition(
        name = "result.class",
        description = "The data class of results that go back to issuers")
    String result_class() default "command-result";
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Intake intake;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Observations observations;

  private volatile Settings settings;
  private volatile Station station;

  /** Starts with what the component runtime binds. */
  public Commands() {}

  @Activate
  synchronized void activate(Settings configured) {
    classes(configured);
    settings = configured;
    station = open();
  }

  @Modified
  synchronized void modified(Settings configured) {
    classes(configured);
    settings = configured;
    if (station != null) {
      deactivate();
      station = open();
    }
  }

  @Deactivate
  synchronized void deactivate() {
    Station open = station;
    station = null;
    if (open != null) {
      open.close();
    }
  }

  private Station open() {
    SecureRandom random = new SecureRandom();
    Path folder = Path.of(settings.folder());
    try {
      return new Station(
          new Book(Disk.FILES, folder, settings.site(), random::nextLong),
          new Rules(
              settings.site(),
              Set.of(settings.from_sites()),
              Set.of(settings.node_ingress()),
              settings.node_most(),
              settings.waiting_most()),
          settings.sent_most(),
          settings.result_class(),
          new Station.Around(
              () -> intake, this::changed, InstantSource.system(), random::nextLong));
    } catch (IOException e) {
      throw new UncheckedIOException("the book of commands must open: folder=" + folder, e);
    }
  }

  private void changed(String node) {
    Observations observers = observations;
    if (observers != null) {
      observers.changed(NAME, node);
    }
  }

  private static Map<String, String> classes(Settings settings) {
    Map<String, String> classes = new TreeMap<>();
    for (String line : settings.data_classes()) {
      String[] parts = line.split("=", -1);
      if (parts.length != 2 || !parts[1].matches("[a-z0-9-]{1,40}")) {
        throw new IllegalArgumentException(
            "BG-CMD-008 data.classes holds RESOURCE=CLASS: value=" + line);
      }
      classes.put(parts[0], parts[1]);
    }
    return classes;
  }

  private Station station() throws IOException {
    Station open = station;
    if (open == null) {
      throw new IOException("BG-CMD-014 commands are being swapped: try again");
    }
    return open;
  }

  @Override
  public CompletionStage<Answer> ask(Ask ask) {
    Station open = station;
    return open == null ? CompletableFuture.completedFuture(Talk.later(1)) : open.ask(ask);
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws IOException {
    station().deliver(deliveries);
  }

  @Override
  public void results(List<Delivery> deliveries) throws IOException {
    station().results(deliveries);
  }

  @Override
  public Order order(
      String node, String resource, Format format, byte[] payload, OptionalLong lifeSeconds) {
    Settings now = settings;
    return new Order(
        node,
        resource,
        classes(now).getOrDefault(resource, "command"),
        format,
        payload,
        lifeSeconds.orElse(now.life_seconds()));
  }

  @Override
  public Offered send(Order order) throws IOException, InterruptedException {
    return station().send(order);
  }

  @Override
  public Listing list() throws IOException {
    return station().list();
  }

  @Override
  public boolean cancel(long number) throws IOException {
    return station().cancel(number);
  }

  @Override
  public Map<String, Object> status() {
    Station open = station;
    return open == null ? Map.of("state", "parked") : open.status();
  }

  @Override
  public synchronized Parked park(int format, Duration bound) {
    deactivate();
    return new Parked(SELF, format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public synchronized void resume() {
    if (station == null) {
      station = open();
    }
  }
}
