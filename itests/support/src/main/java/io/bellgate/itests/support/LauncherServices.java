package io.bellgate.itests.support;

import io.bellgate.launcher.runtime.RuntimeServices;
import io.bellgate.launcher.socket.SocketLender;
import io.bellgate.launcher.socket.SocketSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Registers the launcher's services of {@code docs/architecture.md}: its own socket lender on free
 * ports of the loopback address, generations in memory, and an exit that only remembers the code.
 *
 * <p>For tests: a {@link Map} of socket names to ports with the property {@code bellgate.ports},
 * and the last exit code, -1 if none, as an {@link IntSupplier} with the property {@code
 * bellgate.exited}.
 */
@Component(
    immediate = true,
    service = {})
public final class LauncherServices {
  private final SocketLender lender = new SocketLender();
  private final Path control;

  /**
   * Opens the sockets and registers the services.
   *
   * @param context of this bundle; the framework property {@code bellgate.data} names the data
   *     folder
   * @throws IOException if the control socket cannot be opened
   */
  @Activate
  public LauncherServices(BundleContext context) throws IOException {
    control = Path.of(context.getProperty("bellgate.data")).resolve("run/control.sock");
    Files.createDirectories(control.getParent());
    Files.deleteIfExists(control);
    lender.openControl(control);
    lender.open(new SocketSpec("coap", SocketSpec.Type.UDP, "127.0.0.1", 0));
    lender.open(new SocketSpec("peer", SocketSpec.Type.TCP, "127.0.0.1", 0));
    lender.open(new SocketSpec("optics", SocketSpec.Type.TCP, "127.0.0.1", 0));
    AtomicInteger exited = new AtomicInteger(-1);
    IntConsumer exit = exited::set;
    RuntimeServices.register(context, lender, exit, new GenerationsInMemory());
    context.registerService(Map.class, lender.ports(), marked("bellgate.ports"));
    context.registerService(IntSupplier.class, exited::get, marked("bellgate.exited"));
  }

  private static Dictionary<String, Object> marked(String property) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(property, true);
    return properties;
  }

  @Deactivate
  void deactivate() throws IOException {
    lender.close();
    Files.deleteIfExists(control);
  }
}
