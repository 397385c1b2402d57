package io.bellgate.qkd.link;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration, PID {@code io.bellgate.qkd.link}. */
@ObjectClassDefinition(
    name = "Bellgate QKD link",
    description = "Makes keys with one peer over a quantum channel")
@interface Configuration {
  @AttributeDefinition(description = "The site at the other end")
  String peer();

  @AttributeDefinition(
      description = "This end: alice prepares pulses, bob measures them; the peer is the other",
      options = {@Option(value = "alice"), @Option(value = "bob")})
  String role();

  @AttributeDefinition(description = "This site's ID; empty: the gateway's")
  String site() default "";

  @AttributeDefinition(description = "Quantum protocol, the same at both ends")
  String protocol() default "bb84";

  @AttributeDefinition(description = "Information reconciliation, the same at both ends")
  String reconciler() default "cascade";

  @AttributeDefinition(description = "Pulses of a block, the same at both ends", min = "1")
  long pulses() default 8_200_000;

  @AttributeDefinition(
      description = "Probability with which either end chooses the key basis, in (0,1)")
  double key_basis_probability() default 0.72;

  @AttributeDefinition(
      description = "Sifted bits that go into a key, exactly; fewer abort the block",
      min = "64",
      max = "1048576")
  int key_bits() default 262_144;

  @AttributeDefinition(
      description = "Sifted bits compared in the test basis, at least; fewer abort the block",
      min = "1")
  int test_bits() default 32_768;

  @AttributeDefinition(
      description = "The most QBER tolerated in the test basis, 0 to 0.11; more aborts the block")
  double qber_tolerance() default 0.02;

  @AttributeDefinition(
      description = "QBER that reconciliation is planned for; its bits are charged in advance")
  double qber_expected() default 0.013;

  @AttributeDefinition(
      description =
          "What reconciliation may disclose in one direction, as a multiple of the Shannon limit at"
              + " qber.expected")
  double reconciliation_efficiency() default 1.15;

  @AttributeDefinition(description = "Distance of a key from an ideal one, in (0,1)")
  double epsilon_secrecy() default 1e-10;

  @AttributeDefinition(
      description =
          "Octets of QKD key with the peer: blocks are run while either end has less than half of"
              + " them to take",
      min = "32")
  long target_octets() default 131_072;

  @AttributeDefinition(
      description = "Seconds of rest after a good block: bounds the share of the processor",
      min = "0",
      max = "3600")
  int rest_seconds() default 0;

  @AttributeDefinition(
      description =
          "Seconds until the next try after a bad block; doubles with each, up to 32 times",
      min = "1",
      max = "3600")
  int retry_seconds() default 1;

  @AttributeDefinition(
      description = "Seconds to wait for the peer's next word within a block",
      min = "1",
      max = "3600")
  int patience_seconds() default 20;
}
