package io.bellgate.qkd.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Gone;
import jakarta.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code link}: shows the QKD link, its last blocks, and pairs two sites. */
@Component(property = Command.NAME + "=link")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=link",
      "summary=\"show the QKD link, and pair two sites\"",
      "feature=qkd-link"
    })
public final class LinkCommand implements Command {
  private static final String HELP =
      """
      Usage: link [status] [--json]
             link blocks [--json]
             link pair create FILE [--tags N]
             link pair accept FILE

      status        what the link does, rates, why it does nothing
      blocks        the records of the last blocks; all of them: DATA/qkd/blocks.jsonl
      pair create   draw a bootstrap secret for this site and its peer, and write it to FILE
                    (new, for its owner only; - prints it); N tags each way, 1 to 1024,
                    512 if absent: a block takes two of each end
      pair accept   take the secret in FILE (- reads it) and destroy the file

      Carry the file to the peer yourself: whoever reads it on the way can pose as either site.

      Examples:
        bellgate link pair create /media/usb/alice-bob.pairing --site alice
        bellgate link pair accept /media/usb/alice-bob.pairing --site bob
        bellgate link blocks --json --site alice | jq '.[].qber'
      """;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile QuantumLink link;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyPool pool;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  /** Made by Declarative Services. */
  public LinkCommand() {}

  @Override
  public int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    boolean json = words.remove("--json");
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    QuantumLink now = link;
    if (now == null) {
      call.err().println("there is no QKD link in this gateway: PID io.bellgate.qkd.link");
      return UNREACHABLE;
    }
    String verb = words.isEmpty() ? "status" : words.remove(0);
    if (verb.equals("status") && words.isEmpty()) {
      return status(now, json, call);
    }
    if (verb.equals("blocks") && words.isEmpty()) {
      return blocks(now, json, call);
    }
    if (verb.equals("pair") && words.size() >= 2) {
      return pair(now, words, call);
    }
    call.err().print(HELP);
    return USAGE;
  }

  private static int status(QuantumLink link, boolean json, Call call) {
    if (json) {
      call.out().println(Json.createObjectBuilder(link.status()).build());
    } else {
      link.status().forEach((name, value) -> call.out().printf("%-20s %s%n", name, value));
    }
    return OK;
  }

  private static int blocks(QuantumLink link, boolean json, Call call) {
    List<BlockRecord> records = link.records();
    if (json) {
      call.out()
          .println(
              Json.createArrayBuilder(records.stream().map(BlockRecord::asMap).toList()).build());
    } else {
      records.forEach(record -> call.out().println(RecordLine.of(record)));
    }
    return OK;
  }

  private int pair(QuantumLink now, List<String> words, Call call) throws IOException {
    String verb = words.remove(0);
    String file = words.remove(0);
    try {
      if (verb.equals("create") && (words.isEmpty() || words.size() == 2)) {
        int tags = words.isEmpty() ? 512 : tags(words);
        return create(now.settings(), file, tags, call);
      }
      if (verb.equals("accept") && words.isEmpty()) {
        return accept(now.settings(), file, call);
      }
    } catch (IllegalArgumentException wrong) {
      call.err().println(wrong.getMessage());
      return REFUSED;
    } catch (Gone swap) {
      call.err().println(swap.getMessage());
      return FAILED;
    }
    call.err().print(HELP);
    return USAGE;
  }

  private static int tags(List<String> words) {
    int tags =
        words.get(0).equals("--tags") && words.get(1).matches("\\d{1,4}")
            ? Integer.parseInt(words.get(1))
            : 0;
    if (tags < 1 || tags > Pairing.MOST_TAGS) {
      throw new IllegalArgumentException(
          "BG-LINK-021 --tags is 1 to " + Pairing.MOST_TAGS + ": " + words);
    }
    return tags;
  }

  private int create(Settings settings, String file, int tags, Call call) throws IOException {
    RandomBits bits = random;
    KeyPool store = pool;
    if (bits == null || store == null) {
      throw new Gone("entropy.hub or keys.pool");
    }
    try (Pairing pairing = Pairing.draw(bits, settings.site(), settings.peer(), tags)) {
      pairing.deposit(store, settings.peer()); // first: a file without it would fit nothing
      byte[] json = pairing.json();
      try {
        if (file.equals("-")) {
          call.out().write(json);
          call.out().println();
        } else {
          write(Path.of(file), json);
        }
      } finally {
        Arrays.fill(json, (byte) 0);
      }
      call.err()
          .printf(
              "%s; carry it to %s and run there: bellgate link pair accept%n",
              pairing, settings.peer());
    }
    return OK;
  }

  private static void write(Path file, byte[] json) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, json, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  private int accept(Settings settings, String file, Call call) throws IOException {
    KeyPool store = pool;
    if (store == null) {
      throw new Gone("keys.pool");
    }
    byte[] json =
        file.equals("-") ? call.in().readNBytes(1 << 20) : Files.readAllBytes(Path.of(file));
    int length = json.length;
    try (Pairing pairing = Pairing.parse(json)) {
      if (!pairing.from().equals(settings.peer()) || !pairing.to().equals(settings.site())) {
        throw new IllegalArgumentException(
            "BG-LINK-022 a pairing names the two ends of the link: from="
                + pairing.from()
                + " to="
                + pairing.to()
                + "; here site="
                + settings.site()
                + " peer="
                + settings.peer());
      }
      pairing.deposit(store, settings.peer());
      if (!file.equals("-")) {
        destroy(Path.of(file), length);
      }
      call.out().println(pairing);
    }
    return OK;
  }

  /** Overwrites before it removes; what a file system keeps beside it is out of reach. */
  private static void destroy(Path file, int length) throws IOException {
    Files.write(file, new byte[length], StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.delete(file);
  }
}
