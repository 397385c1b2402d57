package io.bellgate.coap.commands;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.coap.commands.book.Command;
import io.bellgate.coap.commands.book.Ended;
import io.bellgate.coap.commands.book.Sent;
import io.bellgate.coap.commands.issue.Order;
import io.bellgate.coap.commands.queue.Format;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** What the command line and the sink of results ask of the open book. Thread safe. */
public interface Desk {
  /**
   * What became of an order at the router.
   *
   * @param sequence under which it is listed
   * @param acceptance of the router; null if it did not answer
   */
  record Offered(long sequence, Acceptance acceptance) {}

  /**
   * A look into the book.
   *
   * @param nowSeconds since 1970, by the gateway's clock
   */
  record Listing(long nowSeconds, List<Command> waiting, List<Ended> ended, List<Sent> sent) {}

  /**
   * An order by the words of an operator.
   *
   * @param lifeSeconds until it expires; empty for what is configured
   * @throws IOException with code BG-CMD-014 during a swap
   * @throws IllegalArgumentException with code BG-CMD-007
   */
  Order order(String node, String resource, Format format, byte[] payload, OptionalLong lifeSeconds)
      throws IOException;

  /**
   * Issues an order: gives it an identity durably and offers it to the router, for some seconds as
   * long as that is busy.
   *
   * @throws IOException with code BG-CMD-014 during a swap, or if it cannot be written
   */
  Offered send(Order order) throws IOException, InterruptedException;

  /** Looks into the book. */
  Listing list() throws IOException;

  /** Takes a waiting command back; false if none has this number. */
  boolean cancel(long number) throws IOException;

  /** Takes results; durable when it returns. */
  void results(List<Delivery> deliveries) throws IOException;
}
