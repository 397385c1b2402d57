package io.bellgate.ops.shell;

import io.bellgate.api.ops.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * All commands of the gateway by name, each also as a Gogo function in scope {@code bellgate} and
 * as a {@code ToIntFunction} of JDK types for the launcher. Of two with one name (a swap under way)
 * the older serves.
 */
@Component(service = Commands.class, immediate = true)
public final class Commands {
  private record Bound(
      Command command, ServiceRegistration<?> gogo, ServiceRegistration<?> plain) {}

  private final BundleContext context;
  private final Map<ServiceReference<Command>, Bound> bound = new ConcurrentHashMap<>();

  /**
   * Starts empty.
   *
   * @param context to register the adapted forms
   */
  @Activate
  public Commands(BundleContext context) {
    this.context = context;
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindCommand(Command command, ServiceReference<Command> reference) {
    String name = name(reference);
    Dictionary<String, Object> gogo = new Hashtable<>();
    gogo.put("osgi.command.scope", "bellgate");
    gogo.put("osgi.command.function", name);
    Dictionary<String, Object> plain = new Hashtable<>();
    plain.put("bellgate.command", name);
    bound.put(
        reference,
        new Bound(
            command,
            context.registerService(
                Function.class, (session, arguments) -> inGogo(command, session, arguments), gogo),
            context.registerService(
                ToIntFunction.class,
                (ToIntFunction<Object[]>) call -> plainly(command, call),
                plain)));
  }

  void unbindCommand(ServiceReference<Command> reference) {
    Bound gone = bound.remove(reference);
    if (gone != null) {
      unregister(gone.gogo());
      unregister(gone.plain());
    }
  }

  private static void unregister(ServiceRegistration<?> registration) {
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      // this bundle is stopping: the framework has done it
    }
  }

  @Deactivate
  void deactivate() {
    bound.clear();
  }

  private static String name(ServiceReference<Command> reference) {
    return String.valueOf(reference.getProperty(Command.NAME));
  }

  SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>();
    bound.keySet().forEach(r -> names.add(name(r)));
    return names;
  }

  Optional<Command> command(String name) {
    return bound.keySet().stream()
        .filter(r -> name(r).equals(name))
        .max(java.util.Comparator.naturalOrder())
        .map(bound::get)
        .map(Bound::command);
  }

  private static Object inGogo(Command command, CommandSession session, List<Object> arguments)
      throws IOException, InterruptedException {
    List<String> words = arguments.stream().map(String::valueOf).toList();
    int code =
        command.run(
            new Command.Call(
                words, session.getKeyboard(), session.getConsole(), session.getConsole()));
    return code == Command.OK ? null : "exit code " + code;
  }

  /** {@code call} is {String[] arguments, InputStream, OutputStream, OutputStream}. */
  private static int plainly(Command command, Object[] call) {
    try {
      return run(
          command,
          List.of((String[]) call[0]),
          (InputStream) call[1],
          (OutputStream) call[2],
          (OutputStream) call[3]);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Command.FAILED;
    }
  }

  /** Runs and turns what a command throws into a message and exit code 1. */
  static int run(
      Command command,
      List<String> arguments,
      InputStream in,
      OutputStream stdout,
      OutputStream stderr)
      throws InterruptedException {
    PrintStream out = new PrintStream(stdout, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(stderr, true, StandardCharsets.UTF_8);
    try {
      return command.run(new Command.Call(arguments, in, out, err));
    } catch (IOException
        | RuntimeException
        | LinkageError e) { // linkage: its bundle was removed meanwhile
      System.getLogger(Commands.class.getName())
          .log(System.Logger.Level.WARNING, "a command failed", e);
      err.println("the command failed: " + e);
      return Command.FAILED;
    } finally {
      out.flush();
      err.flush();
    }
  }
}
