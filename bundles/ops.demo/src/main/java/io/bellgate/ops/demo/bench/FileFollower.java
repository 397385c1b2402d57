package io.bellgate.ops.demo.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows the file of a file sink from outside, over its changes of file, and tells each trace when
 * its lines appeared. Looks every millisecond, which is its resolution. One thread of its own.
 */
final class FileFollower implements AutoCloseable {
  private static final long LOOK_NANOS = 1_000_000;
  private static final String NODE = "\"node\":\"";
  private static final String SEQUENCE = "\"seq\":";

  private final Path file;
  private final Map<String, Trace> traces = new ConcurrentHashMap<>();
  private final Thread thread;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
  private volatile boolean stopped;

  /**
   * Starts.
   *
   * @param folder of the sink
   */
  FileFollower(Path folder) {
    file = folder.resolve("readings.jsonl");
    thread = new Thread(this::follow, "bench-follower");
    thread.setDaemon(true);
    thread.start();
  }

  /** Tells this trace from now on. */
  void tell(Trace trace) {
    traces.put(trace.name(), trace);
  }

  /** Tells this trace no more, and keeps nothing of it. */
  void forget(Trace trace) {
    traces.remove(trace.name());
  }

  private void follow() {
    while (!stopped) {
      try {
        if (Files.exists(file)) {
          followOne();
        }
      } catch (IOException e) {
        System.getLogger(FileFollower.class.getName())
            .log(System.Logger.Level.WARNING, "following a file failed, will go on", e);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Until the sink has begun another file and this one is read to its end. */
  private void followOne() throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      Object key =
          Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
      buffer.clear();
      int quiet = 0;
      while (!stopped) {
        if (channel.read(buffer) > 0) {
          quiet = 0;
          lines();
        } else if (++quiet % 64 == 0 && turned(key)) {
          return;
        } else {
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    }
  }

  private boolean turned(Object key) throws IOException {
    return Files.exists(file)
        && !key.equals(
            Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey());
  }

  private void lines() {
    long now = System.nanoTime();
    buffer.flip();
    byte[] octets = buffer.array();
    int start = 0;
    for (int at = 0; at < buffer.limit(); at++) {
      if (octets[at] == '\n') {
        line(new String(octets, start, at - start, StandardCharsets.UTF_8), now);
        start = at + 1;
      }
    }
    buffer.position(start);
    buffer.compact();
  }

  /** Nodes are named TRACE-NUMBER. */
  private void line(String line, long now) {
    int node = line.indexOf(NODE) + NODE.length();
    int sequence = line.indexOf(SEQUENCE, node) + SEQUENCE.length();
    String name = line.substring(node, line.indexOf('"', node));
    int dash = name.lastIndexOf('-');
    Trace trace = traces.get(name.substring(0, dash));
    if (trace != null) {
      trace.delivered(
          Trace.id(
              Integer.parseInt(name.substring(dash + 1)),
              Long.parseLong(line.substring(sequence, line.indexOf(',', sequence)))),
          now);
    }
  }

  @Override
  public void close() {
    stopped = true;
    boolean interrupted = Thread.interrupted(); // it ends within a look
    try {
      thread.join(1_000);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
