package io.bellgate.oscore;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionNumberRegistry;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.serialization.DataSerializer;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;
import org.eclipse.californium.elements.util.DatagramWriter;

/**
 * Between a message and its plaintext: the code, the options that are encrypted (class E), the
 * payload (RFC 8613, section 5.3); what stays outside (class U) is only what a proxy needs.
 */
final class Inner {
  private static final int HOP_LIMIT = 16;
  private static final int NO_RESPONSE = 258;

  private Inner() {}

  /** What a proxy reads and what is not for the other end. */
  private static boolean isOutside(int number) {
    return number == OptionNumberRegistry.URI_HOST
        || number == OptionNumberRegistry.URI_PORT
        || number == OptionNumberRegistry.PROXY_URI
        || number == OptionNumberRegistry.PROXY_SCHEME
        || number == HOP_LIMIT;
  }

  private static boolean isBoth(int number) {
    return number == OptionNumberRegistry.OBSERVE || number == NO_RESPONSE;
  }

  /** The plaintext of a message; {@code notification}: its Observe option says nothing inside. */
  static byte[] plaintext(Message message, boolean notification) {
    OptionSet inside = new OptionSet();
    for (Option option : message.getOptions().asSortedList()) {
      int number = option.getNumber();
      if (!isOutside(number) && number != OptionNumberRegistry.OSCORE) {
        inside.addOption(option);
      }
    }
    if (notification) {
      inside.setObserve(0);
    }
    DatagramWriter out = new DatagramWriter(message.getPayloadSize() + 16);
    out.write(message.getRawCode(), CoAP.MessageFormat.CODE_BITS);
    byte[] payload = message.getPayload();
    DataSerializer.serializeOptionsAndPayload(out, inside, payload);
    return out.toByteArray();
  }

  /** What is seen outside. */
  static OptionSet outside(Message message) {
    OptionSet outside = new OptionSet();
    for (Option option : message.getOptions().asSortedList()) {
      if (isOutside(option.getNumber()) || isBoth(option.getNumber())) {
        outside.addOption(option);
      }
    }
    return outside;
  }

  /**
   * The request in a plaintext.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Request request(byte[] plaintext, Request outer) {
    Request inner = new Request(CoAP.Code.valueOf(code(plaintext)));
    parse(plaintext, inner);
    for (Option option : outer.getOptions().asSortedList()) {
      if (isOutside(option.getNumber())) {
        inner.getOptions().addOption(option);
      }
    }
    if (!outer.getOptions().hasObserve()) {
      inner.getOptions().removeObserve(); // a proxy on the way does not know observations
    }
    copy(outer, inner);
    inner.setScheme(outer.getScheme());
    return inner;
  }

  /**
   * The response in a plaintext.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Response response(byte[] plaintext, Response outer) {
    Response inner = new Response(CoAP.ResponseCode.valueOf(code(plaintext)));
    parse(plaintext, inner);
    copy(outer, inner);
    if (outer.getApplicationRttNanos() != null) {
      inner.setApplicationRttNanos(outer.getApplicationRttNanos());
    }
    return inner;
  }

  private static int code(byte[] plaintext) {
    if (plaintext.length == 0) {
      throw new IllegalArgumentException("a plaintext begins with a code");
    }
    return plaintext[0] & 0xff;
  }

  private static void parse(byte[] plaintext, Message into) {
    byte[] rest = Arrays.copyOfRange(plaintext, 1, plaintext.length);
    new UdpDataParser()
        .parseOptionsAndPayload(new DatagramReader(new ByteArrayInputStream(rest)), into);
  }

  /** What the layers below and above know a message by. */
  static void copy(Message from, Message to) {
    to.setType(from.getType());
    if (from.hasMID()) {
      to.setMID(from.getMID());
    }
    if (from.getToken() != null) {
      to.setToken(from.getToken());
    }
    if (from.getSourceContext() != null) {
      to.setSourceContext(from.getSourceContext());
    }
    if (from.getDestinationContext() != null) {
      to.setDestinationContext(from.getDestinationContext());
    }
    to.setNanoTimestamp(from.getNanoTimestamp());
  }
}
