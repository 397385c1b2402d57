package io.bellgate.ops.node.line;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where a gateway is, and how to speak to it.
 *
 * @param scheme {@code coap} or {@code coaps}
 * @param host name or address
 * @param port for UDP
 * @param protection as said
 */
public record Place(String scheme, String host, int port, Protection protection) {
  private static final int PORT = 5_683;
  private static final int SECURE_PORT = 5_684;

  /**
   * Reads what an operator wrote. Nothing goes without protection that was not said to.
   *
   * @param text HOST, HOST:PORT, {@code coap://HOST:PORT} or {@code coaps://HOST:PORT}
   * @param said the protection; may be left out after {@code coaps}
   * @throws IllegalArgumentException with what is wrong
   */
  public static Place of(String text, Optional<Protection> said) {
    boolean secure = text.startsWith("coaps://");
    Optional<Protection> protection =
        secure && said.isEmpty() ? Optional.of(Protection.DTLS) : said;
    if (protection.isEmpty()) {
      throw new IllegalArgumentException(
          "say how to speak to the gateway: --dtls, --oscore or --plain");
    }
    boolean dtls = protection.get() == Protection.DTLS;
    if (secure && !dtls || text.startsWith("coap://") && dtls) {
      throw new IllegalArgumentException(
          "coaps is for --dtls, coap for --oscore and --plain: gateway=" + text);
    }
    String scheme = dtls ? "coaps" : "coap";
    URI uri = uri(text.contains("://") ? text : scheme + "://" + text);
    if (!scheme.equals(uri.getScheme())
        || uri.getHost() == null
        || uri.getUserInfo() != null
        || !(uri.getPath() + "/").matches("/+")
        || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "a gateway is HOST, HOST:PORT, coap://HOST:PORT or coaps://HOST:PORT: gateway=" + text);
    }
    int usual = dtls ? SECURE_PORT : PORT;
    return new Place(
        scheme, uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort(), protection.get());
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no gateway is there: gateway=" + text);
    }
  }

  /** Without a path. */
  public String uri() {
    return scheme + "://" + host + ":" + port;
  }
}
