package io.bellgate.entropy.remote.feed;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An ID Quantique Quantis Appliance, by its REST interface, version 2.0: the binary {@code
 * streambytes}, since its other answers are numbers in text.
 */
public final class Appliance implements Remote {
  private static final int MOST_OCTETS = 65_536;
  private static final int ERROR_OCTETS = 4_096;
  private static final int PROBE_OCTETS = 32;

  private final Endpoint endpoint;

  /**
   * Names the appliance; asks nothing.
   *
   * @param endpoint above {@code /api/2.0}
   */
  public Appliance(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public String reach() throws IOException {
    Arrays.fill(next(PROBE_OCTETS), (byte) 0);
    return endpoint.peer();
  }

  @Override
  public byte[] next(int octets) throws IOException {
    int size = Math.min(octets, MOST_OCTETS);
    Answer answer =
        endpoint.get(
            "/api/2.0/streambytes?size=" + size, Math.max(size, ERROR_OCTETS), Appliance::empty);
    if (answer.status() != 200) {
      throw endpoint.said(answer);
    }
    check(answer, size);
    return answer.body();
  }

  /** A pool that is being filled is not an address that is wrong. */
  private static boolean empty(Answer answer) {
    return answer.status() == 404 && answer.text().toLowerCase(Locale.ROOT).contains("pool empty");
  }

  private void check(Answer answer, int size) throws IOException {
    String type = answer.type();
    if (type.startsWith("text/") || type.contains("json") || type.contains("xml")) {
      throw endpoint.refused("it is text, contentType=" + type);
    }
    if (answer.body().length != size) {
      throw endpoint.refused("octets=" + answer.body().length + " asked=" + size);
    }
    if (size >= PROBE_OCTETS && printable(answer.body())) {
      throw endpoint.refused("it is text, whatever its content type says");
    }
  }

  /** 32 random octets are so one time in 10^13. */
  private static boolean printable(byte[] body) {
    for (byte b : body) {
      if (b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7f) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void cancel() {
    endpoint.cancel();
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("requests", endpoint.requests());
    status.put("postponed", endpoint.postponed());
    return status;
  }
}
