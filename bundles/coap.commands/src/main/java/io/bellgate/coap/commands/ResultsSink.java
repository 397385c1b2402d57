package io.bellgate.coap.commands;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Sink;
import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Where results of commands come back to the site that issued them. Without state: while the book
 * is being swapped, what is delivered comes again.
 */
@Component(property = Sink.NAME + "=command-results")
public final class ResultsSink implements Sink {
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Desk desk;

  /** Starts with what the component runtime binds. */
  public ResultsSink() {}

  @Override
  public void deliver(List<Delivery> deliveries) throws IOException {
    Desk open = desk;
    if (open == null) {
      throw new IOException("BG-CMD-014 commands are being swapped: try again");
    }
    open.results(deliveries);
  }
}
