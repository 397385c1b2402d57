package io.bellgate.peer.link;

import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One end of a measurement in two processes, each in a network namespace of its own: alarms while a
 * large stream goes the same way. {@code answer FOLDER ADDRESS PORT} and {@code dial FOLDER ADDRESS
 * PORT [megabytes alarms milliseconds]}; the folder is for exchanging identities.
 */
final class AlarmsUnderLoad {
  private AlarmsUnderLoad() {}

  /** Runs one end. */
  public static void main(String[] words) throws Exception {
    boolean dials = words[0].equals("dial");
    InetSocketAddress bobs =
        new InetSocketAddress(InetAddress.getByName(words[2]), Integer.parseInt(words[3]));
    try (End end = dials ? new End("alice") : new End("bob", bobs.getAddress(), bobs.getPort())) {
      trust(end, Path.of(words[1]), dials ? "bob" : "alice");
      end.values.put("retry_most_milliseconds", 5_000);
      if (dials) {
        end.start(Map.of("bob", Optional.of(bobs)));
        measure(end, words);
      } else {
        end.services.put("alarm", (peer, alarm) -> CompletableFuture.completedFuture(now()));
        end.services.put("bulk", new Sink());
        end.start(Map.of("alice", Optional.empty()));
        end.session();
        while (end.links().session("alice").isPresent()) {
          TimeUnit.MILLISECONDS.sleep(200);
        }
      }
    }
    System.exit(0);
  }

  /** When an alarm arrived: both processes are on one machine, whose clock this is. */
  private static byte[] now() {
    return ByteBuffer.allocate(8).putLong(System.nanoTime()).array();
  }

  private static void trust(End end, Path folder, String peer) throws Exception {
    PublicIdentity own = end.identity.own();
    Path mine = folder.resolve(own.site());
    Path draft = folder.resolve(own.site() + ".new");
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(draft))) {
      for (byte[] part : new byte[][] {own.certificate(), own.ed25519(), own.xWing()}) {
        out.writeInt(part.length);
        out.write(part);
      }
    }
    Files.move(draft, mine, StandardCopyOption.ATOMIC_MOVE);
    Path theirs = folder.resolve(peer);
    while (!Files.exists(theirs)) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    try (DataInputStream in = new DataInputStream(Files.newInputStream(theirs))) {
      end.identity.trusted.put(
          peer,
          new PublicIdentity(
              peer,
              in.readNBytes(in.readInt()),
              in.readNBytes(in.readInt()),
              in.readNBytes(in.readInt())));
    }
  }

  private static void measure(End end, String[] words) throws Exception {
    long octets = (words.length > 4 ? Long.parseLong(words[4]) : 100) * 1_000_000;
    int alarms = words.length > 5 ? Integer.parseInt(words[5]) : 1_000;
    long everyMillis = words.length > 6 ? Long.parseLong(words[6]) : 40;
    PeerSession session = end.session();
    AtomicLong sent = new AtomicLong();
    AtomicBoolean rung = new AtomicBoolean();
    CompletableFuture<Void> bulk =
        CompletableFuture.runAsync(
            () -> {
              try (PeerStream out = session.open("bulk")) {
                byte[] chunk = new byte[50_000];
                while (sent.get() < octets || !rung.get()) {
                  out.write(chunk);
                  sent.addAndGet(chunk.length);
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    long begin = System.nanoTime();
    TimeUnit.SECONDS.sleep(2);
    double[] there = new double[alarms];
    double[] back = new double[alarms];
    CompletableFuture<?>[] answers = new CompletableFuture<?>[alarms];
    int during = 0;
    for (int i = 0; i < alarms; i++) {
      int number = i;
      during += bulk.isDone() ? 0 : 1;
      long at = System.nanoTime();
      answers[i] =
          session
              .request("alarm", new byte[256])
              .thenAccept(
                  arrived -> {
                    there[number] = (ByteBuffer.wrap(arrived).getLong() - at) / 1e6;
                    back[number] = (System.nanoTime() - at) / 1e6;
                  })
              .toCompletableFuture();
      TimeUnit.MILLISECONDS.sleep(everyMillis);
    }
    CompletableFuture.allOf(answers).get(60, TimeUnit.SECONDS);
    rung.set(true);
    bulk.get(600, TimeUnit.SECONDS);
    double seconds = (System.nanoTime() - begin) / 1e9;
    Arrays.sort(there);
    Arrays.sort(back);
    System.out.printf(
        "{\"alarms\":%d,\"during\":%d,\"p50Millis\":%.1f,\"p98Millis\":%.1f,\"maxMillis\":%.1f,"
            + "\"answeredP50Millis\":%.1f,\"answeredP98Millis\":%.1f,"
            + "\"bulkMegabytes\":%.1f,\"seconds\":%.1f}%n",
        alarms,
        during,
        there[alarms / 2],
        there[alarms * 98 / 100],
        there[alarms - 1],
        back[alarms / 2],
        back[alarms * 98 / 100],
        sent.get() / 1e6,
        seconds);
  }

  /** Reads and forgets. */
  private static final class Sink implements PeerService {
    @Override
    public CompletionStage<byte[]> handle(String peer, byte[] request) {
      return CompletableFuture.completedFuture(request);
    }

    @Override
    public void read(String peer, InputStream octets) {
      try {
        octets.transferTo(java.io.OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
