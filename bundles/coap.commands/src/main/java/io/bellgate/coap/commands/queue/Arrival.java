package io.bellgate.coap.commands.queue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.coap.commands.book.Command;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a delivery as a command. What a peer sent is outside: every part is looked at.
 *
 * @param command as far as it could be read
 * @param refusal why it is not taken, or null
 */
record Arrival(Command command, NotTaken refusal) {
  private static final int MOST_TEXT = 200;
  private static final long MOST_SECONDS = 31L * 86_400;

  /** Whether an operator of the site it comes from said it, so that there is somebody to answer. */
  static boolean isCommand(Delivery delivery) {
    return delivery.message().id().site().filter(delivery.site()::equals).isPresent()
        && Flow.OPERATOR.equals(delivery.message().flow().text(Flow.INGRESS));
  }

  static Arrival of(Delivery delivery, long number, long nowSeconds, Rules rules) {
    Message message = delivery.message();
    Flow flow = message.flow();
    Object expires = flow.attributes().get(Queue.EXPIRES);
    long latest = nowSeconds + MOST_SECONDS; // no clock of another site makes it wait for ever
    Command command =
        new Command(
            number,
            cut(flow.text(Flow.NODE)),
            cut(flow.text(Flow.RESOURCE)),
            Format.of(String.valueOf(flow.attributes().get(Flow.CONTENT_FORMAT)))
                .map(Format::number)
                .orElse(-1),
            message.payload(),
            message.id(),
            delivery.site(),
            nowSeconds,
            expires instanceof Long seconds ? Math.min(seconds, latest) : latest,
            false,
            evidence(delivery.evidence()));
    try {
      check(command, rules, expires);
      return new Arrival(command, null);
    } catch (NotTaken refusal) {
      return new Arrival(command, refusal);
    }
  }

  private static void check(Command command, Rules rules, Object expires) throws NotTaken {
    if (!rules.mayCommand(command.site())) {
      throw new NotTaken("BG-CMD-011", "this site takes no commands from there");
    }
    if (!MessageId.isNode(command.node()) || !Queue.isResource(command.resource())) {
      throw new NotTaken("BG-CMD-012", "a command is for a resource of a node");
    }
    if (command.format() < 0 || !(expires instanceof Long)) {
      throw new NotTaken("BG-CMD-012", "a command has a known content format and a time");
    }
    if (command.payload().length > Command.MOST_OCTETS) {
      throw new NotTaken("BG-CMD-012", "a command has at most " + Command.MOST_OCTETS + " octets");
    }
  }

  /** A peer names rule and class; they are kept short. */
  private static Map<String, String> evidence(Map<String, String> whole) {
    Map<String, String> evidence = new TreeMap<>();
    whole.forEach((name, value) -> evidence.put(name, cut(value)));
    return evidence;
  }

  private static String cut(String text) {
    return text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) : text;
  }
}
