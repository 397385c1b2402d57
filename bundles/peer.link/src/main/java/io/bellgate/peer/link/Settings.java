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
          "SITE=HOST:PORT each, or SITE for a peer that dials this gateway; of two sites that can dial, the one with the lower ID does")
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

  /**
   * What the channel to a peer must rest on.
   *
   * @return {@code SITE=PQC} or {@code SITE=QKD_PQC} each
   */
  @AttributeDefinition(
      description =
          "SITE=QKD_PQC for a peer to which nothing goes without a key of the quantum link in the"
              + " channel, but for what brings such keys; others are PQC")
  String[] minimum() default {};

  /**
   * The one group of key exchange.
   *
   * @return a name of RFC 10024
   */
  @AttributeDefinition(
      description = "X25519MLKEM768, or SecP384r1MLKEM1024 at both ends; no other is spoken then")
  String group() default "X25519MLKEM768";

  /**
   * The epoch of this configuration.
   *
   * @return a number that only rises
   */
  @AttributeDefinition(
      name = "policy.epoch",
      description = "Raise it at both ends when you tighten this policy: lower ones are refused",
      min = "1")
  long policy_epoch() default 1;

  /**
   * The lowest protocol version that is spoken.
   *
   * @return 1 or 2
   */
  @AttributeDefinition(
      name = "protocol.lowest",
      description =
          "Lowest protocol version; version 1 proves identities by one signature only, so it is not"
              + " spoken unless this says 1",
      min = "1",
      max = "2")
  int protocol_lowest() default 2;

  /**
   * How long a connection is used.
   *
   * @return minutes
   */
  @AttributeDefinition(
      name = "rekey.minutes",
      description = "A session goes on over fresh connections after so long",
      min = "1",
      max = "10080")
  int rekey_minutes() default 60;

  /**
   * How much goes over one set of connections.
   *
   * @return megabytes of both directions
   */
  @AttributeDefinition(
      name = "rekey.megabytes",
      description = "A session goes on over fresh connections after so much in both directions",
      min = "1",
      max = "1000000")
  int rekey_megabytes() default 16_000;
}
