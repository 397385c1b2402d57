package io.bellgate.keys.pqc;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration, PID {@code io.bellgate.keys.pqc}. */
@ObjectClassDefinition(name = "Bellgate post-quantum keys", description = "Keys made with peers")
@interface Configuration {
  @AttributeDefinition(description = "This site's ID; empty: the gateway's")
  String site() default "";

  @AttributeDefinition(
      description =
          "Suites for keys that are quantum safe, best first; the peer must have one of them:"
              + " X25519+ML-KEM-768, X25519+ML-KEM-1024, ML-KEM-1024 (for profiles that forbid"
              + " hybrids); X25519+ML-KEM-768+HQC-128 is an experiment that the registry must allow")
  String[] suites() default {"X25519+ML-KEM-768", "X25519+ML-KEM-1024"};

  @AttributeDefinition(description = "Make keys from X25519 alone, too: not quantum safe")
  boolean classical() default false;

  @AttributeDefinition(description = "Keys of 256 bits that one exchange makes, 2 to 256")
  int keysPerExchange() default 64;

  @AttributeDefinition(
      description =
          "An exchange starts when fewer keys than this are left, or fewer than half of it for"
              + " one direction")
  int lowWaterKeys() default 128;

  @AttributeDefinition(description = "After so many seconds unused keys are wiped")
  int keyLifeSeconds() default 3600;
}
