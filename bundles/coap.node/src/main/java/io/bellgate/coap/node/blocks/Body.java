package io.bellgate.coap.node.blocks;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;

/**
 * An answer that leaves in blocks (RFC 7959, section 2.4).
 *
 * @param code of all blocks
 * @param options of all blocks but for those about blocks; an entity tag is among them
 * @param payload the whole
 */
record Body(ResponseCode code, OptionSet options, byte[] payload) {
  private static final int TAG_OCTETS = 4;

  static Body of(Response whole) {
    OptionSet options = new OptionSet(whole.getOptions());
    if (options.getETagCount() == 0) {
      options.addETag(Arrays.copyOf(digest(whole.getPayload()), TAG_OCTETS));
    }
    return new Body(whole.getCode(), options, whole.getPayload());
  }

  private static byte[] digest(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Makes a response the block at an offset, a multiple of the size; says whether more follow. */
  boolean fill(Response response, int offset, int szx) {
    int size = BlockOption.szx2Size(szx);
    int end = Math.min(payload.length, offset + size);
    boolean more = end < payload.length;
    response.setOptions(options);
    if (offset > 0) {
      response.getOptions().removeObserve(); // the first block alone is the notification
    } else if (size >= BlockOption.szx2Size(BlockTransfers.PREFERRED_SZX)) {
      response.getOptions().setSize2(payload.length);
    }
    response.getOptions().setBlock2(szx, more, offset / size);
    response.setPayload(Arrays.copyOfRange(payload, offset, end));
    return more;
  }
}
