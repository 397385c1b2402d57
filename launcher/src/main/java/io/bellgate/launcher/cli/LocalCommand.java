package io.bellgate.launcher.cli;

import io.bellgate.launcher.control.CommandIndex;
import io.bellgate.launcher.feature.Composer;
import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.feature.FeatureFolder;
import io.bellgate.launcher.folder.DurableFile;
import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.report.Refusal;
import io.bellgate.launcher.runtime.OsgiRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;

/** A command of a bundle that needs no gateway: just its feature is started, in this process. */
final class LocalCommand {
  private static final long FOUND_WITHIN_SECONDS = 30;
  private static final long ENDS_WITHIN_SECONDS = 40;

  private final CommandIndex.Entry entry;

  LocalCommand(CommandIndex.Entry entry) {
    this.entry = entry;
  }

  int run(Cli cli, List<String> line)
      throws IOException, BundleException, InterruptedException, InvalidSyntaxException {
    Path config = cli.config(Arguments.parse(List.of(), Set.of(), Set.of()));
    Composition composition =
        new Composer(new FeatureFolder(cli.featureFolders(config)), cli.repositories(config))
            .compose(List.of(entry.feature()));
    Path data = Files.createTempDirectory("bellgate-" + entry.name());
    OsgiRuntime runtime =
        OsgiRuntime.prepare(data.resolve("storage"), properties(cli, composition, data));
    Thread caller = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              cancel(caller, ended);
              clean(runtime, data);
            },
            "bellgate-clean");
    Runtime.getRuntime().addShutdownHook(hook);
    try (runtime) {
      List<OsgiRuntime.Install> bundles =
          composition.bundles().stream()
              .map(part -> new OsgiRuntime.Install(part.jar().file(), part.startOrder()))
              .toList();
      runtime.start(runtime.install(bundles));
      return find(runtime)
          .applyAsInt(new Object[] {line.toArray(String[]::new), cli.in(), cli.out(), cli.err()});
    } finally {
      ended.countDown();
    }
  }

  /** Ctrl-C: the command ends what it started, within a bound. */
  private static void cancel(Thread caller, CountDownLatch ended) {
    caller.interrupt();
    try {
      if (!ended.await(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("the command did not end within " + ENDS_WITHIN_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      caller.interrupt();
    }
  }

  private ToIntFunction<Object[]> find(OsgiRuntime runtime)
      throws InterruptedException, InvalidSyntaxException {
    String filter = "(bellgate.command=" + entry.name() + ")";
    return runtime
        .<ToIntFunction<Object[]>>await(
            ToIntFunction.class.getName(), filter, FOUND_WITHIN_SECONDS, TimeUnit.SECONDS)
        .orElseThrow(
            () ->
                Refusal.failed(
                    "BG-COMMAND-001",
                    entry.name(),
                    "the command did not appear in its feature: feature="
                        + entry.feature()
                        + " missing="
                        + runtime.unbound(),
                    "bellgate feature check " + entry.feature()));
  }

  private static Map<String, String> properties(Cli cli, Composition composition, Path data) {
    Map<String, String> out = new HashMap<>(composition.framework());
    int last = composition.bundles().stream().mapToInt(part -> part.startOrder()).max().orElse(1);
    out.put("org.osgi.framework.startlevel.beginning", Integer.toString(last));
    out.put("bellgate.site", "local");
    out.put("bellgate.data", data.toString());
    out.put("bellgate.home", cli.program().home().toString());
    out.put("bellgate.version", Program.version());
    return out;
  }

  private static void clean(OsgiRuntime runtime, Path data) {
    runtime.close();
    try {
      DurableFile.deleteTree(data);
    } catch (IOException e) {
      System.err.println("temporary files are left: folder=" + data + " reason=" + e);
    }
  }
}
