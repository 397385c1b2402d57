package io.bellgate.oscore;

import io.bellgate.oscore.OscorePeer.RequestId;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;

/**
 * OSCORE (RFC 8613, section 8) between reliability and block-wise transfers: blocks are protected
 * one by one (inner block-wise), outer blocks are refused.
 *
 * <p>As a server it opens requests that carry the option and gives their source an {@link
 * OscorePeer}; what comes without the option passes, with no such peer, and who is above judges. A
 * response is bound to the request that it answers, not to a token: tokens of two clients may be
 * the same. As a client it protects requests that carry an OSCORE option, answers one Echo
 * challenge (RFC 9175) for each, and takes an answer without protection for nothing but an error
 * that came before protection was possible.
 */
public final class OscoreLayer extends AbstractLayer {
  private static final int MOST_SENT = 1_000;

  private static final Set<ResponseCode> BARE_ERRORS =
      Set.of(
          ResponseCode.BAD_REQUEST,
          ResponseCode.UNAUTHORIZED,
          ResponseCode.BAD_OPTION,
          ResponseCode.SERVICE_UNAVAILABLE);

  private final Contexts contexts;
  private final Supplier<Optional<byte[]>> challenges;

  /** Requests of this end that may be answered. */
  private final Map<Token, Sent> sent =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Token, Sent> eldest) {
              return size() > MOST_SENT;
            }
          });

  /**
   * Makes it.
   *
   * @param challenges values of Echo options: 8 random octets each; empty while there are none
   */
  public OscoreLayer(Contexts contexts, Supplier<Optional<byte[]>> challenges) {
    this.contexts = contexts;
    this.challenges = challenges;
  }

  /** A request on its way. */
  private static final class Sent {
    private volatile SecurityContext context;
    private final RequestId id;
    private final Request request;
    private final boolean again;
    private long latest = -1;

    Sent(SecurityContext context, RequestId id, Request request, boolean again) {
      this.context = context;
      this.id = id;
      this.request = request;
      this.again = again;
    }

    /** The other end has gone on to another context, whose numbers begin anew. */
    synchronized void goOn(SecurityContext next) {
      context = next;
      latest = -1;
    }

    /** Notifications come in the order of their sequence numbers (section 7.4.1). */
    synchronized boolean isLater(long number) {
      boolean later = number > latest;
      latest = Math.max(latest, number);
      return later;
    }
  }

  // ---------------------------------------------------------------- server

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    if (!request.getOptions().hasOscore()) {
      super.receiveRequest(exchange, request);
      return;
    }
    try {
      Request inner = open(exchange, request);
      if (inner != null) {
        exchange.setRequest(inner);
        super.receiveRequest(exchange, inner);
      }
    } catch (Refused e) {
      super.sendResponse(exchange, bare(request, e.code, e.getMessage()));
    }
  }

  /** Why a request is not taken, said without protection. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final ResponseCode code;

    Refused(ResponseCode code, String why) {
      super(why, null, false, false);
      this.code = code;
    }
  }

  private static Response bare(Request request, ResponseCode code, String why) {
    Response response = new Response(code);
    response.setPayload(why);
    response.getOptions().setMaxAge(0);
    response.setDestinationContext(request.getSourceContext());
    return response;
  }

  /** The request inside, or null if its sender was told to prove that it is fresh. */
  private Request open(Exchange exchange, Request outer) throws Refused {
    OscoreOption option;
    try {
      option = OscoreOption.decode(outer.getOptions().getOscore());
    } catch (IllegalArgumentException e) {
      throw new Refused(ResponseCode.BAD_OPTION, "Failed to decode COSE");
    }
    if (option.kid().isEmpty()
        || option.partialIv().length == 0
        || outer.getOptions().hasBlock1()
        || outer.getOptions().hasBlock2()) {
      throw new Refused(ResponseCode.BAD_OPTION, "Failed to decode COSE");
    }
    Optional<SecurityContext> found = contexts.of(option.kid().get(), option.kidContext());
    if (found.isEmpty() && option.kidContext().isPresent()) {
      offer(exchange, outer, option);
      return null;
    }
    SecurityContext context = found.orElseThrow(OscoreLayer::notFound);
    if (!context.mayBeNew(option.sequence())) {
      throw new Refused(ResponseCode.UNAUTHORIZED, "Replay detected");
    }
    RequestId id = new RequestId(option.kid().get(), option.partialIv());
    byte[] plaintext = plaintext(context, id, outer);
    boolean known = context.isSynchronized();
    if (known && !context.take(option.sequence())) {
      throw new Refused(ResponseCode.UNAUTHORIZED, "Replay detected");
    }
    if (option.kidContext().isPresent()) {
      contexts.confirm(context);
    }
    Request inner;
    try {
      inner = Inner.request(plaintext, outer);
    } catch (MessageFormatException | IllegalArgumentException e) {
      throw new Refused(ResponseCode.BAD_REQUEST, "Decryption failed");
    }
    OscorePeer peer = new OscorePeer(context, id);
    EndpointContext source =
        new AddressEndpointContext(outer.getSourceContext().getPeerAddress(), peer);
    outer.setSourceContext(
        source); // answers are bound to this request, not to a body's first block
    inner.setSourceContext(source);
    // blocks of one body are found by address, scheme, path: nobody else can have this scheme
    inner.setScheme(outer.getScheme() + "+" + HexFormat.of().formatHex(id.kid()));
    Option echo = inner.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    if (known || echo != null && context.synchronize(echo.getValue(), option.sequence())) {
      return inner;
    }
    challenge(exchange, outer, peer);
    return null;
  }

  private static Refused notFound() {
    return new Refused(ResponseCode.UNAUTHORIZED, "Security context not found");
  }

  /** Appendix B.2, response #1: 4.01 under a context of both ends' random octets. */
  private void offer(Exchange exchange, Request outer, OscoreOption option) throws Refused {
    byte[] kid = option.kid().get();
    byte[] kidContext = option.kidContext().get();
    RequestId id = new RequestId(kid, option.partialIv());
    SecurityContext asked = contexts.asked(kid, kidContext).orElseThrow(OscoreLayer::notFound);
    try {
      plaintext(asked, id, outer); // authentic, if old perhaps
    } finally {
      asked.destroy();
    }
    Contexts.Offer offer =
        contexts
            .offer(kid, kidContext, challenges)
            .orElseThrow(() -> new Refused(ResponseCode.SERVICE_UNAVAILABLE, "not now"));
    try {
      Response response = new Response(ResponseCode.UNAUTHORIZED);
      response.setDestinationContext(outer.getSourceContext());
      OscorePeer peer = new OscorePeer(offer.context(), id);
      peer.takeNonce(); // a request that comes again may be answered again
      super.sendResponse(exchange, protect(response, peer, Optional.of(offer.kidContext())));
    } catch (IllegalStateException none) {
      throw new Refused(ResponseCode.SERVICE_UNAVAILABLE, "no sequence number now");
    } finally {
      offer.context().destroy();
    }
  }

  private static byte[] plaintext(SecurityContext context, RequestId id, Request outer)
      throws Refused {
    try {
      return context.open(id, id.kid(), id.partialIv(), outer.getPayload());
    } catch (GeneralSecurityException e) {
      throw new Refused(ResponseCode.BAD_REQUEST, "Decryption failed");
    } catch (IllegalStateException ended) {
      throw new Refused(ResponseCode.SERVICE_UNAVAILABLE, "not now");
    }
  }

  /** Appendix B.1.2: 4.01 with an Echo option, protected, under a sequence number of its own. */
  private void challenge(Exchange exchange, Request outer, OscorePeer peer) throws Refused {
    byte[] echo =
        peer.context()
            .challenge(challenges)
            .orElseThrow(() -> new Refused(ResponseCode.SERVICE_UNAVAILABLE, "no random bits now"));
    Response response = new Response(ResponseCode.UNAUTHORIZED);
    response.getOptions().addOption(StandardOptionRegistry.ECHO.create(echo));
    response.setDestinationContext(outer.getSourceContext());
    peer.takeNonce(); // another request with this number may still be answered under its nonce
    Response outside;
    try {
      outside = protect(response, peer);
    } catch (IllegalStateException none) {
      throw new Refused(ResponseCode.SERVICE_UNAVAILABLE, "no sequence number now");
    }
    super.sendResponse(exchange, outside);
  }

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    Request current = exchange.getCurrentRequest();
    EndpointContext source = current.getSourceContext();
    Principal principal = source == null ? null : source.getPeerIdentity();
    if (exchange.isOfLocalOrigin() || !(principal instanceof OscorePeer peer)) {
      super.sendResponse(exchange, response);
      return;
    }
    Response outer;
    try {
      outer = protect(response, peer);
    } catch (IllegalStateException e) {
      sendOuter(exchange, bare(current, ResponseCode.SERVICE_UNAVAILABLE, "no sequence"));
      response.setSendError(e); // or whoever waits for it to leave waits for ever
      return;
    }
    sendOuter(exchange, outer);
  }

  private void sendOuter(Exchange exchange, Response outer) {
    if (exchange.getCurrentRequest().isAcknowledged()) {
      exchange.getRequest().setAcknowledged(true); // the layer of observations asks that one
    }
    exchange.setResponse(outer);
    super.sendResponse(exchange, outer);
  }

  private static Response protect(Response response, OscorePeer peer) {
    return protect(response, peer, Optional.empty());
  }

  private static Response protect(Response response, OscorePeer peer, Optional<byte[]> kidContext) {
    boolean notification = response.getOptions().hasObserve();
    RequestId request = peer.request();
    SecurityContext context = peer.context();
    byte[] plaintext = Inner.plaintext(response, notification);
    OscoreOption option = OscoreOption.EMPTY;
    byte[] nonceId = request.kid();
    byte[] nonceIv = request.partialIv();
    if (notification || !peer.takeNonce()) {
      nonceId = context.parameters().senderId();
      nonceIv = context.nextPartialIv();
      option = new OscoreOption(nonceIv, kidContext, Optional.empty());
    }
    Response outer = new Response(notification ? ResponseCode.CONTENT : ResponseCode.CHANGED);
    outer.setOptions(Inner.outside(response));
    outer.getOptions().setOscore(option.encode());
    outer.setPayload(context.seal(request, nonceId, nonceIv, plaintext));
    Inner.copy(response, outer);
    outer.addMessageObserver(
        new MessageObserverAdapter(true) {
          @Override
          public void onReadyToSend() {
            response.setType(outer.getType());
          }
        });
    outer.addMessageObservers(response.getMessageObservers());
    return outer;
  }

  // ---------------------------------------------------------------- client

  @Override
  public void sendRequest(Exchange exchange, Request request) {
    if (!request.getOptions().hasOscore()) {
      super.sendRequest(exchange, request);
      return;
    }
    Optional<SecurityContext> context = contexts.towards(request.getDestinationContext());
    if (context.isEmpty()) {
      request.setSendError(new IllegalStateException("there is no security context for this end"));
      return;
    }
    try {
      super.sendRequest(exchange, protect(request, context.get(), false));
    } catch (IllegalStateException e) {
      request.setSendError(e);
    }
  }

  private Request protect(Request request, SecurityContext context, boolean again) {
    byte[] partialIv = context.nextPartialIv();
    RequestId id = new RequestId(context.parameters().senderId(), partialIv);
    Request outer = new Request(request.getOptions().hasObserve() ? Code.FETCH : Code.POST);
    outer.setOptions(Inner.outside(request));
    outer
        .getOptions()
        .setOscore(
            new OscoreOption(partialIv, context.parameters().idContext(), Optional.of(id.kid()))
                .encode());
    outer.setPayload(context.seal(id, id.kid(), partialIv, Inner.plaintext(request, false)));
    Inner.copy(request, outer);
    if (again) {
      outer.removeMID();
    }
    outer.setScheme(request.getScheme());
    outer.addMessageObserver(
        new MessageObserverAdapter(true) {
          @Override
          public void onReadyToSend() {
            if (request.getToken() == null) {
              request.setToken(outer.getToken());
            }
            if (!request.hasMID() && outer.hasMID()) {
              request.setMID(outer.getMID());
            }
            sent.put(outer.getToken(), new Sent(context, id, request, again));
          }
        });
    outer.addMessageObservers(request.getMessageObservers());
    return outer;
  }

  @Override
  public void receiveResponse(Exchange exchange, Response response) {
    Sent asked = sent.get(response.getToken());
    boolean isProtected = response.getOptions().hasOscore();
    if (asked == null) {
      if (isProtected) {
        rejected(exchange, response);
      } else {
        super.receiveResponse(exchange, response);
      }
    } else if (isProtected) {
      opened(exchange, response, asked);
    } else if (BARE_ERRORS.contains(response.getCode())) {
      sent.remove(response.getToken());
      Response error = new Response(response.getCode());
      Inner.copy(response, error); // nothing of its content can be believed
      super.receiveResponse(exchange, error);
    } else {
      rejected(exchange, response);
    }
  }

  private void opened(Exchange exchange, Response outer, Sent asked) {
    Response inner;
    try {
      OscoreOption option = OscoreOption.decode(outer.getOptions().getOscore());
      boolean own = option.partialIv().length > 0;
      byte[] plaintext = plaintext(asked, option, outer);
      inner = Inner.response(plaintext, outer);
      if (inner.getOptions().hasObserve()) {
        if (!own || !asked.isLater(option.sequence())) {
          rejected(exchange, outer);
          return;
        }
        inner.getOptions().setObserve((int) (option.sequence() & 0xffffff));
        exchange.setRequest(
            asked.request); // what its next blocks are asked for by, not the outside
      }
    } catch (GeneralSecurityException
        | MessageFormatException
        | IllegalArgumentException
        | IllegalStateException e) {
      rejected(exchange, outer);
      return;
    }
    Option echo = inner.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    if (inner.getCode() == ResponseCode.UNAUTHORIZED && echo != null && !asked.again) {
      again(exchange, asked, echo);
      return;
    }
    if (!inner.getOptions().hasObserve()) {
      sent.remove(outer.getToken());
    }
    super.receiveResponse(exchange, inner);
  }

  /**
   * An answer is protected under the context of its request; a notification, also under one that
   * came after: then those that follow are under it or a later one, bound to the same request.
   */
  private byte[] plaintext(Sent asked, OscoreOption option, Response outer)
      throws GeneralSecurityException {
    SecurityContext present = asked.context;
    try {
      return plaintext(asked, present, option, outer);
    } catch (GeneralSecurityException | IllegalStateException notUnderThis) {
      boolean isNotification =
          option.partialIv().length > 0 && asked.request.getOptions().hasObserve();
      for (SecurityContext next :
          isNotification ? contexts.after(present) : List.<SecurityContext>of()) {
        try {
          byte[] plaintext = plaintext(asked, next, option, outer);
          asked.goOn(next);
          return plaintext;
        } catch (GeneralSecurityException | IllegalStateException norThis) {
          continue;
        }
      }
      throw notUnderThis;
    }
  }

  private static byte[] plaintext(
      Sent asked, SecurityContext context, OscoreOption option, Response outer)
      throws GeneralSecurityException {
    boolean own = option.partialIv().length > 0;
    return context.open(
        asked.id,
        own ? context.parameters().recipientId() : asked.id.kid(),
        own ? option.partialIv() : asked.id.partialIv(),
        outer.getPayload());
  }

  /** The same request, with the value that proves that it is fresh. */
  private void again(Exchange exchange, Sent asked, Option echo) {
    asked.request.getOptions().clearOtherOption(StandardOptionRegistry.ECHO).addOption(echo);
    Request outer = protect(asked.request, asked.context, true);
    exchange.setCurrentRequest(outer);
    exchange.resetEndpointContext(); // else an observation does not learn where it is
    super.sendRequest(exchange, outer);
  }

  /** What is not authentic is no answer: the true one may still come. */
  private void rejected(Exchange exchange, Response response) {
    if (response.isConfirmable()) {
      sendEmptyMessage(exchange, EmptyMessage.newRST(response));
    }
  }
}
