package io.bellgate.peer.link;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of the peer link. */
@ObjectClassDefinition(name = "Peer link", description = "The channel to peer gateways")
public @interface Settings {
  /**
   * The peers.
   *
   * @return {@code SITE=HOST:PORT} each, or {@code SITE} for one that dials here
   */
  @AttributeDefinition(
      description =
          "SITE=HOST:PORT each, or SITE for a peer that dials this gateway; of two sites the one with the lower ID dials")
  String[] peers() default {};

  /**
   * The socket to borrow.
   *
   * @return its name in the site's sockets
   */
  @AttributeDefinition(description = "Name of the TCP socket in site.json on which peers arrive")
  String listen() default "peer";

  /**
   * Bound of requests in flight.
   *
   * @return requests per session
   */
  @AttributeDefinition(
      name = "in.flight.requests",
      description = "Requests without answer per session, at most",
      min = "1",
      max = "1024")
  int in_flight_requests() default 256;

  /**
   * How long to wait before dialling again, at first.
   *
   * @return milliseconds
   */
  @AttributeDefinition(
      name = "retry.first.milliseconds",
      description = "Wait before dialling again, at first; doubles, with jitter",
      min = "10",
      max = "60000")
  int retry_first_milliseconds() default 200;

  /**
   * How long to wait before dialling again, at most.
   *
   * @return milliseconds
   */
  @AttributeDefinition(
      name = "retry.most.milliseconds",
      description = "Wait before dialling again, at most",
      min = "10",
      max = "600000")
  int retry_most_milliseconds() default 5_000;
}
