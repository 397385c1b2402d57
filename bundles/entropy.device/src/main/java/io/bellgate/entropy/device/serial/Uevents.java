package io.bellgate.entropy.device.serial;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What the kernel says of devices (NETLINK_KOBJECT_UEVENT, man page netlink(7)): a node can be
 * there before the kernel shows whose it is, and its folder says nothing when that changes. One
 * thread, which waits; no polling. Nothing is believed but that a look is due.
 */
public final class Uevents implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Uevents.class.getName());
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | Libc.O_CLOEXEC;
  private static final int KOBJECT_UEVENT = 15;
  private static final int KERNEL_GROUP = 1;
  private static final int ADDRESS_OCTETS = 12;
  private static final int MOST_OCTETS = 16_384;
  private static final int FOREVER = -1;

  private final Libc libc;
  private final int descriptor;
  private final int wake;
  private final Consumer<Event> listener;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread thread;
  private boolean ended;

  /**
   * One of them.
   *
   * @param action {@code add}, {@code change}, {@code bind}, {@code remove} …
   * @param node name of the device node below {@code /dev}; empty if it has none
   */
  public record Event(String action, String node) {
    /**
     * Reads a message of the kernel: a heading, then {@code KEY=VALUE}, each with a zero behind.
     */
    static Optional<Event> parse(byte[] message, int length) {
      String[] parts = new String(message, 0, length, StandardCharsets.UTF_8).split("\0");
      Map<String, String> values = new HashMap<>();
      for (String part : parts) {
        int at = part.indexOf('=');
        if (at > 0) {
          values.put(part.substring(0, at), part.substring(at + 1));
        }
      }
      String action = values.get("ACTION");
      return action == null || !parts[0].startsWith(action + "@")
          ? Optional.empty()
          : Optional.of(new Event(action, values.getOrDefault("DEVNAME", "")));
    }
  }

  /**
   * Begins to listen.
   *
   * @param listener called on this object's thread
   * @throws IOException if native code or such sockets are not to be had here
   */
  public Uevents(Consumer<Event> listener) throws IOException {
    this.libc = Libc.load();
    this.listener = listener;
    descriptor = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, KOBJECT_UEVENT);
    if (descriptor < 0) {
      throw new IOException("no socket for events of the kernel: " + Libc.lastError(libc));
    }
    try (Memory address = new Memory(ADDRESS_OCTETS)) {
      address.clear();
      address.setShort(0, (short) AF_NETLINK);
      address.setInt(8, KERNEL_GROUP);
      if (libc.bind(descriptor, address, ADDRESS_OCTETS) != 0) {
        String why = Libc.lastError(libc);
        libc.close(descriptor);
        throw new IOException("events of the kernel are not to be had: " + why);
      }
    }
    wake = libc.eventfd(0, Libc.EFD_NONBLOCK_CLOEXEC);
    if (wake < 0) {
      String why = Libc.lastError(libc);
      libc.close(descriptor);
      throw new IOException("events of the kernel are not to be had: " + why);
    }
    thread = new Thread(this::run, "entropy-uevents");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    byte[] message = new byte[MOST_OCTETS];
    try (Memory into = new Memory(MOST_OCTETS);
        Memory polled = new Memory(16)) {
      while (awaits(polled)) {
        int octets = libc.read(descriptor, into, new NativeLong(MOST_OCTETS)).intValue();
        if (octets > 0) {
          into.read(0, message, 0, octets);
          Event.parse(message, octets).ifPresent(this::tell);
        } else if (Native.getLastError() != Libc.EINTR && Native.getLastError() != Libc.ENOBUFS) {
          LOG.log(System.Logger.Level.WARNING, "events of the kernel end: {0}", octets);
          break;
        }
      }
    } finally {
      closed.set(true);
      libc.close(descriptor); // by who uses them: a number that is free may be another's at once
      synchronized (this) {
        libc.close(wake);
        ended = true;
      }
    }
  }

  private void tell(Event event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "an event was not handled: " + event, e);
    }
  }

  /** False once this is closed. */
  private boolean awaits(Memory polled) {
    if (closed.get()) {
      return false;
    }
    polled.setInt(0, descriptor);
    polled.setInt(4, Libc.POLLIN);
    polled.setInt(8, wake);
    polled.setInt(12, Libc.POLLIN);
    int ready;
    do {
      ready = libc.poll(polled, new NativeLong(2), FOREVER);
    } while (ready < 0 && Native.getLastError() == Libc.EINTR);
    return ready > 0 && !closed.get();
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    synchronized (this) {
      if (!ended) {
        libc.eventfd_write(wake, 1);
      }
    }
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
