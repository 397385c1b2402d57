package io.bellgate.entropy.remote.feed;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A web service: asks, waits a bounded time for the whole answer, comes again while the server says
 * "later". Follows no redirection. One request at a time, but {@link #cancel} from any thread.
 */
public final class Endpoint {
  /**
   * How patient it is.
   *
   * @param answer for the whole of an answer
   * @param first pause when a server says "later"; doubled each time
   * @param all for all pauses of one request
   */
  public record Patience(Duration answer, Duration first, Duration all) {}

  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final URI base;
  private final Key key;
  private final Patience patience;
  private final HttpClient client;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong postponed = new AtomicLong();
  private volatile Future<?> asked = CompletableFuture.completedFuture(null);
  private volatile String peer = "";
  private boolean cancelled;

  /**
   * Checks the address; connects to nothing.
   *
   * @param base {@code https://HOST[:PORT][/PREFIX]}; {@code http} on this machine only
   * @param pins what its certificate may be
   * @param key what opens it
   * @param patience how long it waits
   * @throws IllegalArgumentException if the address cannot be
   */
  public Endpoint(String base, Pins pins, Key key, Patience patience) {
    this.base = checked(base);
    this.key = key;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.answer())
            .sslContext(pins.context())
            .build();
  }

  private static URI checked(String base) {
    URI uri = URI.create(base.endsWith("/") ? base.substring(0, base.length() - 1) : base);
    boolean local = "http".equals(uri.getScheme()) && uri.getHost() != null && loopback(uri);
    if (uri.getHost() == null || !("https".equals(uri.getScheme()) || local)) {
      throw new IllegalArgumentException(
          "a remote source has an address https://HOST, or http on this machine: url=" + base);
    }
    if (uri.getUserInfo() != null || uri.getFragment() != null || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "an address holds no secret, no query and no fragment: host=" + uri.getHost());
    }
    return uri;
  }

  private static boolean loopback(URI uri) {
    try {
      boolean literal = uri.getHost().matches("127\\.[0-9.]+|\\[::1\\]|localhost");
      return literal && InetAddress.getByName(uri.getHost()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Where it is, for names.
   *
   * @return host, and port if it is not the usual one
   */
  public String place() {
    return base.getHost() + (base.getPort() < 0 ? "" : ":" + base.getPort());
  }

  /** What tells the server from all others: its key, or without TLS its place. */
  String peer() {
    return peer.isEmpty() ? "http:" + place() : "https:" + peer;
  }

  long requests() {
    return requests.get();
  }

  long postponed() {
    return postponed.get();
  }

  Answer get(String path, int mostOctets, Predicate<Answer> later) throws IOException {
    return patiently(request(path).GET(), mostOctets, later);
  }

  Answer post(String path, String json, int mostOctets) throws IOException {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    return patiently(request, mostOctets, a -> false);
  }

  private HttpRequest.Builder request(String path) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    key.put(request);
    return request;
  }

  private Answer patiently(HttpRequest.Builder built, int mostOctets, Predicate<Answer> later)
      throws IOException {
    synchronized (this) {
      cancelled = false;
    }
    HttpRequest request = built.build();
    long until = System.nanoTime() + patience.all().toNanos();
    for (long pause = patience.first().toMillis(); ; pause *= 2) {
      Answer answer = once(request, mostOctets);
      boolean busy = answer.status() == UNAVAILABLE || answer.status() == TOO_MANY;
      if (!busy && !later.test(answer)) {
        return answer;
      }
      long wait = Math.max(answer.retryMillis(), Math.min(pause, LONGEST_PAUSE_MILLIS));
      if (until - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(wait)) {
        throw new IOException(
            "BG-ENTROPY-054 a remote source has nothing to give: url="
                + base
                + " status="
                + answer.status()
                + " says="
                + answer.text());
      }
      postponed.incrementAndGet();
      pause(wait);
    }
  }

  private Answer once(HttpRequest request, int mostOctets) throws IOException {
    requests.incrementAndGet();
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request, head -> new Bounded(mostOctets));
    asked = sent;
    try {
      HttpResponse<byte[]> response = sent.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS);
      note(response);
      return answer(response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("a request was interrupted: url=" + base);
    } catch (ExecutionException e) {
      throw unreachable(reason(e.getCause()), e);
    } catch (TimeoutException e) {
      throw unreachable("no whole answer in " + patience.answer().toMillis() + " ms", e);
    } catch (java.util.concurrent.CancellationException e) {
      throw new InterruptedIOException("a request was cancelled: url=" + base);
    } finally {
      sent.cancel(true);
    }
  }

  private IOException unreachable(String why, Exception cause) {
    if (why.startsWith("BG-ENTROPY")) {
      return new IOException(why + " url=" + base, cause);
    }
    return new IOException(
        "BG-ENTROPY-051 a remote source cannot be reached: url=" + base + " why=" + why, cause);
  }

  /** The innermost text: TLS wraps what a pin says. */
  private static String reason(Throwable thrown) {
    if (thrown instanceof ConnectException) {
      return "no connection";
    }
    Throwable inner = thrown;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
  }

  private void note(HttpResponse<?> response) throws IOException {
    if (response.sslSession().isPresent()) {
      try {
        peer = Pins.ofKey(response.sslSession().get().getPeerCertificates()[0]);
      } catch (SSLPeerUnverifiedException e) {
        throw unreachable("the server shows no certificate", e);
      }
    }
  }

  private static Answer answer(HttpResponse<byte[]> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    String retry = response.headers().firstValue("Retry-After").orElse("");
    return new Answer(
        response.statusCode(),
        type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT),
        retry.matches("[0-9]{1,5}") ? 1_000 * Long.parseLong(retry) : 0,
        response.body());
  }

  /** Waits, unless somebody cancels. */
  synchronized void pause(long millis) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
        if (cancelled) {
          throw new InterruptedIOException("a pause was cancelled: url=" + base);
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("a pause was interrupted: url=" + base);
    }
  }

  void cancel() {
    asked.cancel(true);
    synchronized (this) {
      cancelled = true;
      notifyAll();
    }
  }

  /** What is wrong with an answer, in one form. */
  IOException refused(String rule) {
    return new IOException("BG-ENTROPY-052 an answer is refused: " + rule + "; url=" + base);
  }

  /** A status that is no answer. */
  IOException said(Answer answer) {
    return new IOException(
        "BG-ENTROPY-054 a remote source refuses: url="
            + base
            + " status="
            + answer.status()
            + " says="
            + answer.text());
  }
}
