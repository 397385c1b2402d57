package io.bellgate.gateway.router.protect;

import com.upokecenter.cbor.CBORObject;

/**
 * Where a message goes: bound into the tag.
 *
 * @param sender site ID
 * @param receiver site ID
 * @param transfer the sender's number for this message
 */
record Direction(String sender, String receiver, long transfer) {
  private static final String LABEL = "bellgate message " + Header.VERSION;

  /** The external_aad (RFC 9052, 5.3): CBOR [label, sender, receiver, transfer]. */
  byte[] external() {
    return CBORObject.NewArray().Add(LABEL).Add(sender).Add(receiver).Add(transfer).EncodeToBytes();
  }
}
