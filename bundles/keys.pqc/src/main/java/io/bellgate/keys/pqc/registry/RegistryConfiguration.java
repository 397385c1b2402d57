package io.bellgate.keys.pqc.registry;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration, PID {@code io.bellgate.keys.pqc.registry}. */
@ObjectClassDefinition(
    name = "Bellgate algorithm registry",
    description = "Which algorithms may be used, and how long")
@interface RegistryConfiguration {
  @AttributeDefinition(description = "Names of algorithms that are not used at all")
  String[] disabled() default {};

  @AttributeDefinition(
      description = "Names of algorithms for what a peer or a file brings, not for anything new")
  String[] acceptOnly() default {};

  @AttributeDefinition(
      description = "Last days, each NAME YYYY-MM-DD (UTC), for example X25519 2030-12-31")
  String[] notAfter() default {};

  @AttributeDefinition(description = "Allow HQC-128, whose standard is a draft")
  boolean experimental() default false;
}
