package io.bellgate.api.node;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A resource of which every node sees a part of its own: {@code /NAME/NODE} and what is below it
 * (whiteboard). Registered with the service property {@link #NAME}; if two are registered under one
 * name, the one with the lower service ID serves. Thread safe; never blocks.
 *
 * <p>Who serves nodes has made sure before it asks that the node named in the path is the one that
 * speaks, and is as well protected as an operator demands.
 *
 * <p>A part that is observed keeps its content format: an answer in another one, or in none, ends
 * the observation (RFC 7641, section 4.2). So "nothing" is said in that format, too.
 */
@ConsumerType
public interface NodeResource {
  /** Service property: the first part of the path, for example {@code commands}. */
  String NAME = "coap.resource";

  /**
   * Answers a request. A request may come twice (RFC 7252, section 4.5; a node that was restarted):
   * the second has the effect of one.
   *
   * @param ask what a node asks
   * @return the answer; exceptional or later than a few seconds: the node is told to ask again
   */
  CompletionStage<Answer> ask(Ask ask);
}
