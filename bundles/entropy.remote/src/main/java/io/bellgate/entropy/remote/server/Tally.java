package io.bellgate.entropy.remote.server;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What was asked for, given and refused. Thread safe. */
final class Tally {
  private long requests;
  private long answered;
  private long octets;
  private long fullEntropyOctets;
  private String lastStranger = "";
  private final Map<Integer, Long> refusals = new TreeMap<>();

  synchronized void asked() {
    requests++;
  }

  synchronized void gave(int given, boolean full) {
    answered++;
    octets += given;
    fullEntropyOctets += full ? given : 0;
  }

  /** By status of HTTP; of a stranger it is noted when and from where. */
  synchronized void refused(int status, InetSocketAddress from) {
    refusals.merge(status, 1L, Long::sum);
    if (status == 401) {
      lastStranger = Instant.now() + " " + from.getAddress().getHostAddress();
    }
  }

  synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("requests", requests);
    status.put("drawsGiven", answered);
    status.put("octetsGiven", octets);
    status.put("fullEntropyOctetsGiven", fullEntropyOctets);
    Map<String, Object> byStatus = new LinkedHashMap<>();
    refusals.forEach((code, count) -> byStatus.put(code.toString(), count));
    status.put("refusals", byStatus);
    status.put("lastWithoutToken", lastStranger);
    return status;
  }
}
