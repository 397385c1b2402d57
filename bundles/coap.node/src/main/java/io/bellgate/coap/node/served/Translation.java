package io.bellgate.coap.node.served;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.node.admission.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

/** Between messages of CoAP and the words of {@code io.bellgate.api.node}. */
final class Translation {
  /** A path is {@code /NAME/NODE} and what is below. */
  private static final int NODE = 1;

  private Translation() {}

  /**
   * What a request asks.
   *
   * @throws Refusal if it has a method or a condition that resources do not know
   */
  static Ask ask(Request request, String ingress) {
    OptionSet options = request.getOptions();
    if (options.hasIfNoneMatch() || options.getIfMatchCount() > 0) {
      throw new Refusal(
          ResponseCode.BAD_OPTION,
          "BG-COAP-053",
          "requests to this have no If-Match, If-None-Match");
    }
    List<String> path = options.getUriPath();
    return new Ask(
        path.get(NODE),
        ingress,
        method(request),
        path.subList(NODE + 1, path.size()),
        options.getUriQuery(),
        options.hasContentFormat()
            ? OptionalInt.of(options.getContentFormat())
            : OptionalInt.empty(),
        request.getPayload() == null ? new byte[0] : request.getPayload(),
        options.hasAccept() ? OptionalInt.of(options.getAccept()) : OptionalInt.empty());
  }

  private static Ask.Method method(Request request) {
    return switch (request.getCode()) {
      case GET -> Ask.Method.GET;
      case POST -> Ask.Method.POST;
      case PUT -> Ask.Method.PUT;
      case DELETE -> Ask.Method.DELETE;
      default ->
          throw new Refusal(
              ResponseCode.METHOD_NOT_ALLOWED, "BG-COAP-050", "GET, POST, PUT and DELETE, that is");
    };
  }

  /** What is sent for an answer to a request; 2.03 if the node has the payload already. */
  static Response response(Answer answer, OptionSet asked) {
    boolean valid =
        answer.code() == Answer.Code.CONTENT
            && answer.etag().length > 0
            && asked.getETags().stream().anyMatch(tag -> Arrays.equals(tag, answer.etag()));
    return valid ? fresh(new Response(ResponseCode.VALID), answer) : response(answer);
  }

  /** What is sent for an answer. */
  static Response response(Answer answer) {
    Response response = fresh(new Response(code(answer.code())), answer);
    if (answer.payload().length > 0) {
      response.setPayload(answer.payload());
      answer.format().ifPresent(response.getOptions()::setContentFormat);
    }
    return response;
  }

  private static Response fresh(Response response, Answer answer) {
    if (answer.etag().length > 0) {
      response.getOptions().addETag(answer.etag());
    }
    if (answer.code() != Answer.Code.CHANGED && answer.code() != Answer.Code.DELETED) {
      response.getOptions().setMaxAge(answer.maxAgeSeconds());
    }
    return response;
  }

  private static ResponseCode code(Answer.Code code) {
    return switch (code) {
      case DELETED -> ResponseCode.DELETED;
      case CHANGED -> ResponseCode.CHANGED;
      case CONTENT -> ResponseCode.CONTENT;
      case BAD_REQUEST -> ResponseCode.BAD_REQUEST;
      case FORBIDDEN -> ResponseCode.FORBIDDEN;
      case NOT_FOUND -> ResponseCode.NOT_FOUND;
      case METHOD_NOT_ALLOWED -> ResponseCode.METHOD_NOT_ALLOWED;
      case NOT_ACCEPTABLE -> ResponseCode.NOT_ACCEPTABLE;
      case UNSUPPORTED_FORMAT -> ResponseCode.UNSUPPORTED_CONTENT_FORMAT;
      case UNAVAILABLE -> ResponseCode.SERVICE_UNAVAILABLE;
    };
  }
}
