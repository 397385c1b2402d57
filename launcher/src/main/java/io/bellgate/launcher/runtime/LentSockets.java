package io.bellgate.launcher.runtime;

import io.bellgate.launcher.socket.SocketLender;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;

/** The {@code bellgate.sockets} service; loans of a bundle that has stopped are ended. */
final class LentSockets implements ServiceFactory<Function<?, ?>>, SynchronousBundleListener {
  private final SocketLender lender;
  private final Map<Long, Collection<Object>> loans = new ConcurrentHashMap<>();

  private LentSockets(SocketLender lender) {
    this.lender = lender;
  }

  static void register(BundleContext context, SocketLender lender) {
    LentSockets sockets = new LentSockets(lender);
    context.addBundleListener(sockets);
    context.registerService(
        Function.class.getName(), sockets, RuntimeServices.marked("bellgate.sockets"));
  }

  @Override
  public Function<?, ?> getService(
      Bundle bundle, ServiceRegistration<Function<?, ?>> registration) {
    Function<String, Object> lend =
        name -> {
          Object loan = lender.lend(name);
          loans.computeIfAbsent(bundle.getBundleId(), id -> new CopyOnWriteArrayList<>()).add(loan);
          return loan;
        };
    return lend;
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<Function<?, ?>> registration, Function<?, ?> service) {
    // a loan may outlive the borrower's reference; it ends with the bundle
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPED) {
      Collection<Object> left = loans.remove(event.getBundle().getBundleId());
      SocketLender.end(left == null ? List.of() : left);
    }
  }
}
