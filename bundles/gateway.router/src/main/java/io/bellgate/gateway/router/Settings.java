package io.bellgate.gateway.router;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of the router. */
@ObjectClassDefinition(name = "Gateway router", description = "Outbox, protection and delivery")
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
   * What accepted means.
   *
   * @return true: fsync has returned; false: survives the process, not a power cut
   */
  @AttributeDefinition(
      name = "power.durable",
      description = "Answer a node only after fsync (power-durable)")
  boolean power_durable() default true;

  /**
   * Bound of the outbox.
   *
   * @return messages per destination
   */
  @AttributeDefinition(
      name = "outbox.messages",
      description = "Most messages held per destination; more are answered busy",
      min = "1")
  int outbox_messages() default 50_000;

  /**
   * Bound of the outbox, and of all that waits for sinks.
   *
   * @return mebioctets of memory per destination, keys and bookkeeping included
   */
  @AttributeDefinition(
      name = "outbox.mebioctets",
      description =
          "Most memory (MiB) held per destination, and for all sinks; more is answered busy",
      min = "1",
      max = "1024")
  int outbox_mebioctets() default 16;

  /**
   * Bound of requests in flight.
   *
   * @return messages per destination
   */
  @AttributeDefinition(
      name = "in.flight.messages",
      description = "Most messages sent and not yet acknowledged, per peer",
      min = "1",
      max = "1024")
  int in_flight_messages() default 64;

  /**
   * How long one pool key protects.
   *
   * @return messages
   */
  @AttributeDefinition(
      name = "messages.per.key",
      description = "Messages under one pool key, at most",
      min = "1",
      max = "1000000")
  int messages_per_key() default 1_000;

  /**
   * How long one pool key protects.
   *
   * @return seconds
   */
  @AttributeDefinition(
      name = "seconds.per.key",
      description = "Seconds one pool key is used, at most",
      min = "1",
      max = "86400")
  int seconds_per_key() default 60;

  /**
   * Bound of the nodes remembered, since nobody proves a node ID in this version.
   *
   * @return nodes
   */
  @AttributeDefinition(
      name = "nodes.most",
      description = "Nodes whose sequences are remembered, at most; further ones are refused",
      min = "1",
      max = "1000000")
  int nodes_most() default 5_000;

  /**
   * What a one-time pad hides of a message's length.
   *
   * @return octets
   */
  @AttributeDefinition(
      name = "otp.padding.octets",
      description =
          "Messages under a one-time pad are padded to a multiple of it, a multiple of 32",
      min = "32",
      max = "16384")
  int otp_padding_octets() default 64;

  /**
   * How long a protection that could not be had is passed over for the next one of a rule.
   *
   * @return seconds
   */
  @AttributeDefinition(
      name = "return.seconds",
      description = "Seconds a preferred protection can be had again before it is used again",
      min = "0",
      max = "3600")
  int return_seconds() default 2;
}
