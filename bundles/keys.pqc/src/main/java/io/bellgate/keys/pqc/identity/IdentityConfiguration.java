package io.bellgate.keys.pqc.identity;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration, PID {@code io.bellgate.keys.pqc.identity}. */
@ObjectClassDefinition(
    name = "Bellgate identity",
    description = "This site's identity, and whom it trusts")
@interface IdentityConfiguration {
  @AttributeDefinition(description = "This site's ID; empty: the gateway's")
  String site() default "";

  @AttributeDefinition(
      description = "Folder of the identity's keys, for its owner only; empty: DATA/secrets")
  String secrets() default "";

  @AttributeDefinition(
      description =
          "Folders of the identities (*.identity) of trusted peers; the command identity trust"
              + " writes to the first; empty: DATA/trust and config/SITE/trust")
  String[] trust() default {};

  @AttributeDefinition(
      description =
          "File with this machine's ID: an identity that was copied to another machine is refused;"
              + " empty: it is not")
  String machineId() default "/etc/machine-id";
}
