package io.bellgate.coap.node.renewal;

/** What a node is told. */
public sealed interface Outcome {
  /** It is done. */
  record Done(byte[] payload) implements Outcome {}

  /** What it sent is none. */
  record Malformed(String code, String reason) implements Outcome {}

  /** It will not be done. */
  record Refused(String code, String reason) implements Outcome {}

  /** Not now. */
  record Later(String code, String reason, int seconds) implements Outcome {}
}
