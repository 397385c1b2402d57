package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.peer.PeerSession.Level;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bouncycastle.tls.TlsClient;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServer;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * Measures handshakes and bulk data per second of one processor, both ends on one thread, no
 * sockets; beside the library alone in the same run, in turns. Identities and keys are made for it
 * and thrown away.
 */
public final class Trial {
  private static final int WINDOWS = 5;
  private static final int CHUNK_OCTETS = 16_384;
  private static final String KEY = "00000000-0000-0000-0000-000000000001:0:32";

  private final Throwaway alice = new Throwaway("alice");
  private final Throwaway bob = new Throwaway("bob");
  private final AlgorithmRegistry registry;
  private final RandomBits random;
  private final Group group;

  /** Measures with these algorithms, random bits and group. */
  public Trial(AlgorithmRegistry registry, RandomBits random, Group group) {
    this.registry = registry;
    this.random = random;
    this.group = group;
    Throwaway.trust(alice, bob);
  }

  /** One thing to do again and again; how much of it was done. */
  private interface Work {
    double once() throws IOException;
  }

  /**
   * Measures.
   *
   * @param seconds of processor time for each of the five rows, in {@value #WINDOWS} windows after
   *     a warm-up of the same length
   * @param cancelled asked between windows
   * @return medians per second of processor time: handshakes, and megabytes in one direction
   */
  public Map<String, Double> run(double seconds, BooleanSupplier cancelled) throws IOException {
    Map<String, Work> rows = new LinkedHashMap<>();
    rows.put("bareHandshakes", this::bare);
    rows.put("preSharedHandshakes", this::preShared);
    rows.put("firstContactHandshakes", this::firstContact);
    rows.put("bareBulkMegabytes", bulk(bareEnds()));
    rows.put("bulkMegabytes", bulk(ends(true)));
    Map<String, double[]> seen = new LinkedHashMap<>();
    for (int window = -WINDOWS; window < WINDOWS && !cancelled.getAsBoolean(); window++) {
      for (Map.Entry<String, Work> row : rows.entrySet()) {
        double rate = rate(row.getValue(), seconds / WINDOWS);
        if (window >= 0) {
          seen.computeIfAbsent(row.getKey(), k -> new double[WINDOWS])[window] = rate;
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    seen.forEach(
        (row, rates) -> {
          Arrays.sort(rates);
          medians.put(row, rates[WINDOWS / 2]);
        });
    return medians;
  }

  private static double rate(Work work, double seconds) throws IOException {
    long begin = cpuNanos();
    double done = 0;
    long spent = 0;
    while (spent < seconds * 1e9) {
      done += work.once();
      spent = cpuNanos() - begin;
    }
    return done / (spent / 1e9);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private Terms terms(Throwaway identity) {
    return new Terms(identity, registry, random, group, 1, 2);
  }

  private Crypto crypto(AlgorithmRegistry.Use use) {
    return new Crypto(random, registry.require("AES-256-GCM", use).provider());
  }

  /** Two ends that have gone through a handshake. */
  private record Ends(TlsClientProtocol client, TlsServerProtocol server) {
    static Ends of(TlsClient one, TlsServer other) throws IOException {
      Ends ends = new Ends(new TlsClientProtocol(), new TlsServerProtocol());
      ends.server.accept(other);
      ends.client.connect(one);
      while (ends.move(ends.client, ends.server) | ends.move(ends.server, ends.client)) {
        // goes on until nobody has anything to say
      }
      return ends;
    }

    boolean move(TlsProtocol from, TlsProtocol to) throws IOException {
      byte[] octets = new byte[from.getAvailableOutputBytes()];
      if (octets.length == 0) {
        return false;
      }
      from.readOutput(octets, 0, octets.length);
      to.offerInput(octets);
      return true;
    }

    /** What one end says inside the channel arrives at the other. */
    byte[] say(TlsProtocol from, TlsProtocol to, byte[] octets) throws IOException {
      from.writeApplicationData(octets, 0, octets.length);
      move(from, to);
      byte[] heard = new byte[to.getAvailableInputBytes()];
      to.readInput(heard, 0, heard.length);
      return heard;
    }
  }

  private Ends bareEnds() throws IOException {
    return Ends.of(
        new Bare.Client(new BcTlsCrypto(), group), new Bare.Server(new BcTlsCrypto(), group));
  }

  private double bare() throws IOException {
    bareEnds();
    return 1;
  }

  private Ends ends(boolean withKey) throws IOException {
    Offer offer =
        new Offer(
            new KeyName(KeyName.QKD, group.standardName(), "alice", "bob", 1, KEY),
            Secret.absorb(new byte[32]),
            Level.QKD_PQC,
            "QKD");
    Initiator one =
        new Initiator(
            terms(alice),
            crypto(AlgorithmRegistry.Use.MAKE),
            bob.own(),
            Optional.of(offer).filter(o -> withKey));
    Responder other =
        new Responder(
            terms(bob), crypto(AlgorithmRegistry.Use.ACCEPT), List.of("alice"), new OneKey());
    try (one;
        other) {
      Ends ends = Ends.of(one, other);
      if (one.agreed() == null || other.agreed() == null) {
        throw new IOException("a handshake of the measurement failed: " + other.refusal());
      }
      if (!withKey) {
        byte[] first = Signatures.sign(terms(alice), one.agreed(), true);
        byte[] heard = ends.say(ends.client(), ends.server(), first);
        Signatures.verify(terms(bob), other.agreed(), false, heard);
        byte[] second = Signatures.sign(terms(bob), other.agreed(), false);
        heard = ends.say(ends.server(), ends.client(), second);
        Signatures.verify(terms(alice), one.agreed(), true, heard);
      }
      one.agreed().successor().destroy();
      other.agreed().successor().destroy();
      return ends;
    }
  }

  private double preShared() throws IOException {
    ends(true);
    return 1;
  }

  private double firstContact() throws IOException {
    ends(false);
    return 1;
  }

  private static Work bulk(Ends ends) {
    byte[] chunk = new byte[CHUNK_OCTETS];
    byte[] wire = new byte[2 * CHUNK_OCTETS];
    return () -> {
      ends.client().writeApplicationData(chunk, 0, chunk.length);
      int octets = ends.client().readOutput(wire, 0, wire.length);
      ends.server().offerInput(wire, 0, octets);
      return ends.server().readInput(chunk, 0, chunk.length) / 1e6;
    };
  }

  /** Holds the key of the measurement, again and again. */
  private static final class OneKey implements PreSharedKeys {
    @Override
    public Optional<Held> find(KeyName name) {
      Secret secret = Secret.absorb(new byte[32]);
      return Optional.of(
          new Held() {
            @Override
            public Secret secret() {
              return secret;
            }

            @Override
            public Level level() {
              return Level.QKD_PQC;
            }

            @Override
            public String origin() {
              return "QKD";
            }

            @Override
            public void commit() {
              secret.destroy();
            }

            @Override
            public void close() {
              secret.destroy();
            }
          });
    }

    @Override
    public void missed() {
      // nobody offers a wrong one
    }
  }
}
