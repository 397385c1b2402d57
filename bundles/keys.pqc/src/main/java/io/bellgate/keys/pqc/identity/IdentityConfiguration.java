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

  @AttributeDefinition(
      description =
          "PKCS#11 library of a token that seals the identity's keys; empty: files for their owner"
              + " only")
  String pkcs11Library() default "";

  @AttributeDefinition(description = "Which of the token's slots, from 0")
  int pkcs11SlotListIndex() default 0;

  @AttributeDefinition(description = "File with the token's PIN, for its owner only")
  String pkcs11PinFile() default "";

  @AttributeDefinition(description = "Label of the AES key on the token; made if there is none")
  String pkcs11Key() default "bellgate-identity";
}
