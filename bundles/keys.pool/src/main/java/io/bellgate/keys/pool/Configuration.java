package io.bellgate.keys.pool;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration, PID {@code io.bellgate.keys.pool}. */
@ObjectClassDefinition(
    name = "Bellgate key pool",
    description = "Where keys are kept, and what is kept back for whom")
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

  @AttributeDefinition(
      description =
          "A stock that ran empty charges until there are so many octets to take; until then it"
              + " gives out keys for authentication only. Lines KIND=OCTETS, or PEER/KIND=OCTETS"
              + " for one peer; KIND is QKD, PQC or CLASSICAL. A kind without a line is given out"
              + " to the last key and never charges")
  String[] readyOctets() default {"QKD=16384"};

  @AttributeDefinition(
      description =
          "With fewer octets to take than this, no pads are given out, and the peer's pool is asked"
              + " for a part of its own; lines as in readyOctets")
  String[] warningOctets() default {"QKD=8192"};

  @AttributeDefinition(
      description =
          "So many octets are kept for who takes tag keys from QKD stocks; lines as in readyOctets, QKD"
              + " only. The shipped link sets its tag keys aside itself, as PRESHARED")
  String[] authenticationReserveOctets() default {};

  @AttributeDefinition(
      description =
          "Chunks of 32 octets that the peer is asked to witness ahead of use, 1 to 4096, and at"
              + " most a sixteenth of a stock or 8: as many are lost in a crash, and a bulk of"
              + " one-time pads wants many")
  int leaseChunks() default 256;
}
