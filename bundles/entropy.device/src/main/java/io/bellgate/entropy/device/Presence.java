package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Offers a device as a noise source for as long as it is there: its folder is watched, not polled,
 * and what the kernel says of its node is heard, where somebody passes it on. One lock, this; one
 * thread, which waits for the folder.
 */
final class Presence implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Presence.class.getName());
  private static final String ANY = "*";

  /** Makes a source of a path that is there. */
  interface Maker {
    /**
     * Makes it.
     *
     * @param missed to be called when it cannot be read any more, from any thread
     * @throws IOException if this is not the device that is meant
     */
    NoiseSource make(Path path, Runnable missed) throws IOException;
  }

  private final BundleContext context;
  private final Path folder;
  private final String name;
  private final Maker maker;
  private final WatchService watch;
  private final Thread thread;
  private ServiceRegistration<NoiseSource> registration;
  private Path offered;
  private String offeredNode;
  private boolean closed;

  /**
   * Begins to watch.
   *
   * @param path absolute; a last name that ends with an asterisk stands for all that begin so
   * @throws IOException if its folder cannot be watched
   * @throws IllegalArgumentException with BG-ENTROPY-010 if it is not absolute
   */
  Presence(BundleContext context, String path, Maker maker) throws IOException {
    Path at = Path.of(path);
    if (!at.isAbsolute() || at.getParent() == null) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-010 a device has an absolute path: path=" + path);
    }
    this.context = context;
    this.folder = at.getParent();
    this.name = at.getFileName().toString();
    this.maker = maker;
    watch = at.getFileSystem().newWatchService();
    folder.register(
        watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
    thread = new Thread(this::run, "entropy-device-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      look();
      while (true) {
        WatchKey key = watch.take();
        changed(key.pollEvents());
        if (!key.reset()) { // the folder is gone, or this was closed
          if (!Files.isDirectory(folder)) {
            LOG.log(Level.WARNING, "the folder of a device is gone: path={0}", folder);
          }
          withdraw();
          return;
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException stopped) {
      withdraw();
    }
  }

  /** Another device may have come under the name of the one that went. */
  private synchronized void changed(List<WatchEvent<?>> events) {
    boolean candidates = false;
    for (WatchEvent<?> event : events) {
      boolean lost = event.kind() == StandardWatchEventKinds.OVERFLOW;
      if (lost || touches(event)) {
        withdraw();
      }
      candidates |= lost || matches(event.context().toString());
    }
    if (candidates && registration == null) {
      look();
    }
  }

  /** Not the creation of the very node that is offered, which was found before it was told. */
  private boolean touches(WatchEvent<?> event) {
    return offered != null
        && offered.getFileName().equals(event.context())
        && (event.kind() == StandardWatchEventKinds.ENTRY_DELETE
            || !node(offered).equals(offeredNode));
  }

  /**
   * The kernel has said something of a node: it may be gone, or show only now whose it is.
   *
   * @param node its name below {@code /dev}, which may be behind a link
   */
  synchronized void heard(String node) {
    if (offered != null && !Files.exists(offered)) {
      withdraw();
    }
    if (registration == null && candidates().stream().anyMatch(p -> leadsTo(p, node))) {
      look();
    }
  }

  private static boolean leadsTo(Path path, String node) {
    try {
      return path.toRealPath().endsWith(node);
    } catch (IOException gone) {
      return false;
    }
  }

  private static String node(Path path) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.fileKey() + " " + attributes.creationTime();
    } catch (IOException e) {
      return "none";
    }
  }

  private boolean matches(String other) {
    return name.endsWith(ANY)
        ? other.startsWith(name.substring(0, name.length() - 1))
        : other.equals(name);
  }

  private synchronized void look() {
    if (closed) {
      return;
    }
    for (Path path : candidates()) {
      try {
        String node = node(path);
        offer(path, maker.make(path, () -> missed(path)));
        offeredNode = node;
        return;
      } catch (IOException | IllegalStateException e) {
        LOG.log(Level.WARNING, "a device is not used: {0}", e.getMessage());
      }
    }
    LOG.log(Level.INFO, "waiting for a device: path={0}/{1}", folder, name);
  }

  private List<Path> candidates() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(folder, p -> matches(p.getFileName().toString()))) {
      all.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(Level.WARNING, "the folder of a device cannot be read: path={0}", folder);
    }
    found.removeIf(p -> !Files.exists(p)); // a link to nothing
    found.sort(null);
    return found;
  }

  private void offer(Path path, NoiseSource source) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("entropy.source", source.description().name());
    properties.put("entropy.simulated", false);
    registration = context.registerService(NoiseSource.class, source, properties);
    offered = path;
    LOG.log(Level.INFO, "noise source: path={0} device={1}", path, source.description().device());
  }

  /**
   * A reader saw that the device is gone, though a link to it may have stayed. On a thread of its
   * own: whoever is told that a service goes may wait for that reader.
   */
  private void missed(Path path) {
    Thread looks = new Thread(() -> withdrawLost(path), "entropy-device-gone");
    looks.setDaemon(true);
    looks.start();
  }

  private synchronized void withdrawLost(Path path) {
    if (path.equals(offered) && !Files.exists(path)) {
      withdraw();
    }
  }

  private synchronized void withdraw() {
    if (registration != null) {
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the bundle has stopped before", e);
      }
      LOG.log(Level.INFO, "noise source is gone: path={0}", offered);
      registration = null;
      offered = null;
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    watch.close();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    withdraw();
  }
}
