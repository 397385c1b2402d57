package io.bellgate.api.message;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where messages leave the gateway (whiteboard). Registered with the service property {@link
 * #NAME}; if two are registered under one name, the one with the lower service ID serves.
 */
@ConsumerType
public interface Sink {
  /** Service property: the name that rules use. */
  String NAME = "sink";

  /**
   * Delivers messages; when it returns, all of them are durable on the far side. Called by one
   * thread at a time. After a crash the same deliveries come again, with the same numbers, in the
   * same order: a sink that remembers the highest number delivers nothing twice.
   *
   * @param deliveries at least one, in rising order of number
   * @throws IOException if not all could be delivered; they all come again
   */
  void deliver(List<Delivery> deliveries) throws IOException;
}
