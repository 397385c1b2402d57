package io.bellgate.entropy.remote.feed;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a server answered.
 *
 * @param status of HTTP
 * @param type content type in lower case, without parameters; empty if it has none
 * @param retryMillis how long the server asks to wait, 0 if it does not
 * @param body owned by whoever asked
 */
record Answer(int status, String type, long retryMillis, byte[] body) {
  private static final int SHOWN = 120;
  private static final int FIRST_ERROR = 400;

  void wipe() {
    Arrays.fill(body, (byte) 0);
  }

  /** The beginning of an error's text; of what is no error nothing, since it may be samples. */
  String text() {
    if (status < FIRST_ERROR) {
      return "";
    }
    String all = new String(body, 0, Math.min(body.length, SHOWN), StandardCharsets.UTF_8);
    return all.replaceAll("[^\\x20-\\x7e]+", " ").strip();
  }
}
