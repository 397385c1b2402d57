package io.bellgate.launcher.cli;

import io.bellgate.launcher.check.FeatureCheck;
import io.bellgate.launcher.control.ControlClient;
import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import io.bellgate.launcher.socket.ControlPath;
import io.bellgate.launcher.socket.SocketLender;
import io.bellgate.launcher.socket.SocketSpec;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The part of {@code doctor} about one site: configuration, features, ports, data folder. */
final class SiteCheck {
  private static final long NEEDED_MEBIBYTES = 200;

  private final Cli cli;
  private final Arguments arguments;
  private final DataFolder data;
  private final boolean running;

  private SiteCheck(Cli cli, Arguments arguments, DataFolder data) {
    this.cli = cli;
    this.arguments = arguments;
    this.data = data;
    this.running = answers(data);
  }

  static SiteCheck of(Cli cli, Arguments arguments) {
    return new SiteCheck(cli, arguments, new DataFolder(cli.data(arguments, arguments.site(cli))));
  }

  private static boolean answers(DataFolder data) {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(ControlPath.find(data)))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a gateway answers on the control socket. */
  boolean running() {
    return running;
  }

  List<Finding> check() throws IOException {
    List<Finding> out = new ArrayList<>();
    out.addAll(folder());
    try {
      SiteInputs inputs = SiteInputs.load(cli, arguments);
      out.addAll(inputs.findings());
      out.add(Finding.ok("BG-DOCTOR-010", "configuration", inputs.site().folder().toString()));
      List<Finding> features =
          FeatureCheck.check(inputs.composition()).stream()
              .filter(finding -> finding.level() == Finding.Level.FAIL)
              .toList();
      out.addAll(features);
      if (features.isEmpty()) {
        out.add(
            Finding.ok(
                "BG-DOCTOR-011",
                "features",
                "resolve: bundles=" + inputs.composition().bundles().size()));
      }
      inputs
          .effective()
          .sockets()
          .forEach((name, json) -> out.add(port(SocketSpec.of(name, json))));
    } catch (Refusal e) {
      out.addAll(e.findings());
    }
    out.add(
        running
            ? Finding.ok("BG-DOCTOR-013", "gateway", "answers on its control socket")
            : Finding.warn(
                "BG-DOCTOR-013",
                "gateway",
                "does not run: data=" + data.root(),
                "bellgate run --site " + arguments.site(cli)));
    return out;
  }

  private List<Finding> folder() throws IOException {
    Path existing = data.root();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    List<Finding> out = new ArrayList<>();
    out.add(
        Files.isWritable(existing)
            ? Finding.ok("BG-DOCTOR-014", "data", "writable: " + existing)
            : Finding.fail(
                "BG-DOCTOR-014",
                "data",
                "the data folder cannot be written: folder=" + existing,
                "change its owner, or give --data"));
    if (Files.isDirectory(data.secrets())
        && !PosixFilePermissions.toString(Files.getPosixFilePermissions(data.secrets()))
            .equals("rwx------")) {
      out.add(
          Finding.fail(
              "BG-DOCTOR-015",
              data.secrets().toString(),
              "others than the owner may enter the folder of secrets",
              "chmod 700 " + data.secrets()));
    }
    long mebibytes = Files.getFileStore(existing).getUsableSpace() >> 20;
    out.add(
        mebibytes >= NEEDED_MEBIBYTES
            ? Finding.ok("BG-DOCTOR-016", "disk", "freeMebibytes=" + mebibytes)
            : Finding.fail(
                "BG-DOCTOR-016",
                "disk",
                "too little space: freeMebibytes=" + mebibytes + " needed=" + NEEDED_MEBIBYTES,
                "free some space under " + existing));
    return out;
  }

  private Finding port(SocketSpec spec) {
    String what = spec.type() + " " + spec.address() + ":" + spec.port();
    if (running || spec.port() == 0) {
      return Finding.ok("BG-DOCTOR-012", "socket " + spec.name(), what);
    }
    try (SocketLender lender = new SocketLender()) {
      lender.open(spec);
      return Finding.ok("BG-DOCTOR-012", "socket " + spec.name(), what + " is free");
    } catch (Refusal e) {
      return e.findings().get(0);
    }
  }

  /** Runs the gateway's own {@code doctor} for at most 20 seconds and returns its exit code. */
  int inside() throws IOException, InterruptedException {
    ControlClient client = new ControlClient(ControlPath.find(data));
    ControlClient.Streams streams =
        new ControlClient.Streams(InputStream.nullInputStream(), cli.out(), cli.err());
    FutureTask<Integer> task = new FutureTask<>(() -> client.run(List.of("doctor"), 80, streams));
    Thread thread = new Thread(task, "bellgate-doctor");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      cli.err().println(e.getCause().getMessage());
    } catch (TimeoutException e) {
      cli.err()
          .println(
              Finding.fail(
                      "BG-DOCTOR-017",
                      "gateway",
                      "it accepts commands but does not answer within 20 s",
                      "look into " + data.log())
                  .text());
    }
    return ExitCode.FAILED;
  }
}
