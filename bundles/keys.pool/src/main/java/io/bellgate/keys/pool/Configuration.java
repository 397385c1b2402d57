package io.bellgate.keys.pool;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration, PID {@code io.bellgate.keys.pool}. */
@ObjectClassDefinition(name = "Bellgate key pool", description = "Where keys are kept")
@interface Configuration {
  @AttributeDefinition(
      description =
          "Folder of the store; empty: DATA/pool. The store is the file pool.journal in it")
  String folder() default "";

  @AttributeDefinition(
      description = "File of the wrapping key, for its owner only; empty: DATA/secrets/pool.key")
  String keyFile() default "";

  @AttributeDefinition(description = "This site's ID; empty: the gateway's")
  String site() default "";

  @AttributeDefinition(
      description = "Accept key from simulated hardware; also on if the gateway runs in lab mode")
  boolean lab() default false;

  @AttributeDefinition(
      description = "Wait for the disk before a key is given out; off: safe against a kill only")
  boolean fsync() default true;
}
