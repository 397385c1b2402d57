package io.bellgate.entropy.hub;

import io.bellgate.api.ops.Command;
import io.bellgate.files.OwnerOnly;
import jakarta.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code entropy}: shows, tests and captures noise sources. */
@Component(property = Command.NAME + "=entropy")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=entropy",
      "summary=\"show, test and capture noise sources\"",
      "feature=entropy"
    })
public final class EntropyCommand implements Command {
  private static final String HELP =
      """
      Usage: entropy [status] [--json]
             entropy test SOURCE
             entropy capture SOURCE FILE [--samples N | --restarts]

      status    what random bits rest on, and each source: state, claim, cut-offs, alarms, ledger
      test      run the start-up tests of a source anew; it gives nothing meanwhile
      capture   write raw samples, one an octet, to FILE (new, for its owner only) for the
                assessment tool of NIST SP 800-90B; 1,000,000 samples if N is absent; --restarts
                writes 1,000 samples after each of 1,000 restarts. The source gives nothing
                meanwhile, and what it had is thrown away

      Examples:
        bellgate entropy --site alice
        bellgate entropy test device:/dev/hwrng --site alice
        bellgate entropy capture device:/dev/hwrng raw.bin --site alice && ea_non_iid -i -a raw.bin 8
      """;

  private static final int USUAL_SAMPLES = 1_000_000;
  private static final int MOST_SAMPLES = 100_000_000;
  private static final int RESTARTS = 1_000;
  private static final long TEST_SECONDS = 30;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Hub hub;

  /** Made by Declarative Services. */
  public EntropyCommand() {}

  EntropyCommand(Hub hub) {
    this.hub = hub;
  }

  @Override
  public int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    Hub now = hub;
    if (now == null) {
      call.err().println("the entropy hub is being swapped or stopped: try again");
      return FAILED;
    }
    boolean json = words.remove("--json");
    String verb = words.isEmpty() ? "status" : words.remove(0);
    if (verb.equals("status") && words.isEmpty()) {
      return status(now, json, call.out());
    }
    if (verb.equals("test") && words.size() == 1) {
      return test(now, words.get(0), call);
    }
    if (verb.equals("capture") && words.size() >= 2) {
      return capture(now, words, call);
    }
    call.err().print(HELP);
    return USAGE;
  }

  private static int status(Hub hub, boolean json, PrintStream out) {
    Map<String, Object> status = hub.status();
    if (json) {
      out.println(Json.createObjectBuilder(status).build());
      return OK;
    }
    out.println("random bits rest on: " + status.get("restsOn"));
    for (Source source : hub.sources()) {
      Map<String, Object> row = source.status();
      out.printf(
          "%s: %s, %s, claims %.3f bits of min-entropy in %s (%s)%n",
          row.get("name"),
          row.get("state"),
          row.get("output"),
          row.get("minEntropyBitsPerSample"),
          row.get("sampleBits"),
          row.get("claim"));
      out.printf(
          "  samples tested %s, alarms %s, cut-offs %s in a row and %s in a window, waiting %s octets%n",
          row.get("samplesTested"),
          row.get("alarms"),
          row.get("repetitionCutoff"),
          row.get("proportionCutoff"),
          row.get("waitingOctets"));
      out.println("  ledger, bits: " + row.get("ledger"));
      if (!row.get("lastAlarm").toString().isEmpty()) {
        out.println("  last alarm: " + row.get("lastAlarm"));
      }
    }
    ((List<?>) status.get("problems")).forEach(p -> out.println("problem: " + p));
    return OK;
  }

  private static Optional<Source> find(Hub hub, String name, PrintStream err) {
    Optional<Source> found =
        hub.sources().stream().filter(s -> s.description().name().equals(name)).findFirst();
    if (found.isEmpty()) {
      err.println(
          "BG-ENTROPY-006 no such noise source: name="
              + name
              + " there are="
              + hub.sources().stream().map(s -> s.description().name()).toList());
    }
    return found;
  }

  private static int test(Hub hub, String name, Call call) {
    Optional<Source> source = find(hub, name, call.err());
    if (source.isEmpty()) {
      return FAILED;
    }
    boolean healthy = source.get().test(TEST_SECONDS);
    call.out().println(name + ": " + source.get().status().get("state"));
    return healthy ? OK : FAILED;
  }

  private static int capture(Hub hub, List<String> words, Call call) throws IOException {
    boolean restarts = words.remove("--restarts");
    int samples = USUAL_SAMPLES;
    int at = words.indexOf("--samples");
    if (at >= 0 && at + 1 < words.size() && words.get(at + 1).matches("[0-9]{1,9}")) {
      samples = Integer.parseInt(words.remove(at + 1));
      words.remove(at);
    }
    if (words.size() != 2 || samples < 1 || samples > MOST_SAMPLES) {
      call.err().print(HELP);
      return USAGE;
    }
    Optional<Source> source = find(hub, words.get(0), call.err());
    if (source.isEmpty()) {
      return FAILED;
    }
    Path file = Path.of(words.get(1)).toAbsolutePath();
    try (OutputStream out =
        new BufferedOutputStream(Channels.newOutputStream(OwnerOnly.create(file)))) {
      Capture capture =
          new Capture(
              restarts ? RESTARTS : 1,
              restarts ? RESTARTS : samples,
              out,
              new CompletableFuture<>());
      source.get().capture(capture);
      call.out().printf("%d samples, one an octet: %s%n", progress(capture, call), file);
      return OK;
    } catch (FileAlreadyExistsException e) {
      call.err().println("BG-ENTROPY-007 a capture writes a new file: file=" + file);
      return REFUSED;
    } catch (ExecutionException e) {
      Files.deleteIfExists(file);
      call.err().println("the capture failed: " + e.getCause().getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private static long progress(Capture capture, Call call)
      throws ExecutionException, InterruptedException {
    while (true) {
      try {
        return capture.done().get(5, TimeUnit.SECONDS);
      } catch (java.util.concurrent.TimeoutException still) {
        call.err().println("capturing ...");
      }
    }
  }
}
