package io.bellgate.coap.node.blocks;

import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.AbstractLayer;

/**
 * Block-wise transfers (RFC 7959) of a server: puts together bodies that come in blocks, cuts those
 * that leave, and above it there are whole ones. Requests of this end pass as they are.
 *
 * <p>What nothing but an address stands behind is answered with at most three times what came, IP
 * and UDP headers included (RFC 9175, section 2.4: the factor of RFC 9000, section 8.1): in smaller
 * blocks, an error without its words. So whoever forges a source address gains little.
 *
 * <p>Transfers on their way can be saved and gone on with elsewhere.
 */
final class BlockTransfers extends AbstractLayer {
  /** Blocks of 512 octets, where a peer asks for no size: one frame of many links. */
  static final int PREFERRED_SZX = 5;

  private static final int LARGEST_SZX = 6;
  private static final int LARGEST_OCTETS = 1_024;
  private static final int AMPLIFICATION = 3;
  private static final int IP_UDP_OCTETS = 28;
  private static final int OPTION_OCTETS = 24; // entity tag, format, block, observe, age, marker
  private static final int ERROR_OPTION_OCTETS = 8; // format, age, marker

  private final int mostOctets;
  private final InstantSource clock;
  private final Waiting<Upload> uploads = new Waiting<>();
  private final Waiting<Body> bodies = new Waiting<>();

  /**
   * Makes it.
   *
   * @param mostOctets of a body that comes
   */
  BlockTransfers(int mostOctets, InstantSource clock) {
    this.mostOctets = mostOctets;
    this.clock = clock;
  }

  /** Bodies of which a part came. */
  Waiting<Upload> uploads() {
    return uploads;
  }

  /** Bodies of which a part left. */
  Waiting<Body> bodies() {
    return bodies;
  }

  // ---------------------------------------------------------------- what comes

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    OptionSet options = request.getOptions();
    BlockOption block2 = options.getBlock2();
    if (options.hasSize1() && options.getSize1() > mostOctets
        || request.getPayloadSize() > mostOctets) {
      refuseTooLarge(exchange, request);
    } else if (isReserved(options.getBlock1()) || isReserved(block2)) {
      refuse(exchange, request, ResponseCode.BAD_REQUEST, "a block has 16 to 1024 octets");
    } else if (options.hasBlock1()) {
      upload(exchange, request, options.getBlock1());
    } else if (block2 != null && block2.getNum() > 0) {
      options.removeObserve();
      next(exchange, request, block2);
    } else {
      super.receiveRequest(exchange, request);
    }
  }

  private static boolean isReserved(BlockOption block) {
    return block != null && block.getSzx() > LARGEST_SZX;
  }

  private void upload(Exchange exchange, Request request, BlockOption block) {
    byte[] payload = request.getPayload();
    int size = block.getSize();
    if (block.isM() ? payload.length != size : payload.length > size) {
      refuse(exchange, request, ResponseCode.BAD_REQUEST, "a block that is not the last is full");
      return;
    }
    TransferKey key = TransferKey.of(request);
    int format = request.getOptions().getContentFormat();
    int offset = block.getOffset();
    Optional<Upload> begun =
        offset == 0
            ? Optional.of(new Upload(format, new byte[0]))
            : uploads.get(key, clock.millis());
    Upload.Outcome outcome =
        begun.map(u -> u.add(format, offset, payload, mostOctets)).orElse(Upload.Outcome.GAP);
    switch (outcome) {
      case TAKEN -> taken(exchange, request, key, begun.get());
      case TOO_LARGE -> {
        uploads.remove(key);
        refuseTooLarge(exchange, request);
      }
      case GAP ->
          refuse(
              exchange,
              request,
              ResponseCode.REQUEST_ENTITY_INCOMPLETE,
              "a block before this one is missing");
      default ->
          refuse(
              exchange,
              request,
              ResponseCode.REQUEST_ENTITY_INCOMPLETE,
              "the blocks of a body have one content format");
    }
  }

  private void taken(Exchange exchange, Request request, TransferKey key, Upload upload) {
    BlockOption block = request.getOptions().getBlock1();
    if (block.isM()) {
      uploads.put(key, upload, upload.octets().length, clock.millis());
      Response more = new Response(ResponseCode.CONTINUE);
      more.getOptions().setBlock1(block);
      answer(exchange, request, more);
      return;
    }
    uploads.remove(key);
    Request whole = new Request(request.getCode(), request.getType());
    whole.setOptions(request.getOptions());
    whole.getOptions().removeBlock1();
    whole.setPayload(upload.octets());
    whole.setMID(request.getMID());
    whole.setToken(request.getToken());
    whole.setScheme(request.getScheme());
    whole.setSourceContext(request.getSourceContext());
    whole.setNanoTimestamp(request.getNanoTimestamp());
    exchange.setBlock1ToAck(block);
    exchange.setRequest(whole);
    super.receiveRequest(exchange, whole);
  }

  private void next(Exchange exchange, Request request, BlockOption block) {
    TransferKey key = TransferKey.of(request);
    Optional<Body> body = bodies.get(key, clock.millis());
    if (body.isPresent() && block.getOffset() >= body.get().payload().length) {
      refuse(exchange, request, ResponseCode.BAD_REQUEST, "this block is behind the end");
    } else if (body.isPresent()) {
      Response response = new Response(body.get().code());
      serve(exchange, request, key, body.get(), response);
      answer(exchange, request, response);
    } else if (request.getCode() == Code.GET) {
      super.receiveRequest(exchange, request); // asked anew: its entity tag says if it is the same
    } else {
      refuse(
          exchange,
          request,
          ResponseCode.REQUEST_ENTITY_INCOMPLETE,
          "this answer is not known any more");
    }
  }

  private void refuseTooLarge(Exchange exchange, Request request) {
    Response response = new Response(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
    response.getOptions().setSize1(mostOctets);
    answer(exchange, request, response);
  }

  private void refuse(Exchange exchange, Request request, ResponseCode code, String why) {
    Response response = new Response(code);
    response.setPayload(why);
    fit(exchange, response);
    answer(exchange, request, response);
  }

  private void answer(Exchange exchange, Request request, Response response) {
    response.setDestinationContext(request.getSourceContext());
    super.sendResponse(exchange, response);
  }

  // ---------------------------------------------------------------- what leaves

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    Response cut = cut(exchange, response);
    BlockOption whole = exchange.getBlock1ToAck();
    if (whole != null) {
      exchange.setBlock1ToAck(null);
      cut.getOptions().setBlock1(whole);
    }
    super.sendResponse(exchange, cut);
  }

  private Response cut(Exchange exchange, Response response) {
    Request request = exchange.getRequest();
    BlockOption asked = request.getOptions().getBlock2();
    int octets = response.getPayloadSize();
    if (response.isError() || response.getOptions().hasBlock2()) {
      fit(exchange, response);
      return response;
    }
    int offset = asked == null ? 0 : asked.getOffset();
    if (offset > 0 && offset >= octets) {
      return behindTheEnd(response);
    }
    int most = asked == null ? LARGEST_OCTETS : asked.getSize();
    if (offset > 0 || octets > Math.min(most, room(exchange, OPTION_OCTETS))) {
      serve(exchange, request, TransferKey.of(request), Body.of(response), response);
    }
    return response;
  }

  /** An error to somebody unknown has words only if they are few. */
  private static void fit(Exchange exchange, Response response) {
    int room = room(exchange, ERROR_OPTION_OCTETS);
    if (response.getPayloadSize() > room && response instanceof Explained explained) {
      explained.shorten();
    }
    if (response.getPayloadSize() > room) {
      response.setPayload(new byte[0]);
      response.getOptions().removeContentFormat();
    }
  }

  private void serve(
      Exchange exchange, Request request, TransferKey key, Body body, Response response) {
    BlockOption asked = request.getOptions().getBlock2();
    int offset = asked == null ? 0 : asked.getOffset();
    int szx = asked == null ? PREFERRED_SZX : asked.getSzx();
    int room = room(exchange, OPTION_OCTETS);
    while (szx > 0 && BlockOption.szx2Size(szx) > room) {
      szx--;
    }
    if (body.fill(response, offset, szx)) {
      bodies.put(key, body, body.payload().length, clock.millis());
    } else {
      bodies.remove(key);
    }
  }

  private static Response behindTheEnd(Response whole) {
    Response response = new Response(ResponseCode.BAD_REQUEST);
    response.setType(whole.getType());
    response.setDestinationContext(whole.getDestinationContext());
    response.addMessageObservers(whole.getMessageObservers());
    return response;
  }

  /** How many octets of payload an answer may have, beside so many of its options. */
  private static int room(Exchange exchange, int optionOctets) {
    Request current = exchange.getCurrentRequest();
    byte[] datagram = current.getBytes();
    if (datagram == null || Peer.isProven(exchange.getRequest())) {
      return LARGEST_OCTETS;
    }
    int answer = AMPLIFICATION * (datagram.length + IP_UDP_OCTETS) - IP_UDP_OCTETS;
    int header = 4 + current.getToken().length();
    return Math.max(0, Math.min(LARGEST_OCTETS, answer - header - optionOctets));
  }
}
