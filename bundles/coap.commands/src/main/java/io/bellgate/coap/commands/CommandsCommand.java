package io.bellgate.coap.commands;

import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.ops.Command;
import io.bellgate.coap.commands.issue.Order;
import io.bellgate.coap.commands.queue.Format;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code commands}: issues commands to nodes, lists and takes them back. */
@Component(property = Command.NAME + "=commands")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=commands",
      "summary=\"commands towards nodes: send, list, cancel\"",
      "feature=commands"
    })
public final class CommandsCommand implements Command {
  private static final String HELP =
      """
      Usage: commands [list] [NODE] [--json]
             commands send NODE RESOURCE PAYLOAD [--format FORMAT] [--expires SECONDS]
             commands send NODE RESOURCE --file FILE [--format FORMAT] [--expires SECONDS]
             commands cancel NUMBER

      list     what waits here for nodes, what has ended, and what was sent from here with its result
      send     hand a command to the gateway, which sends it where its policy says (data class
               `command`) under the protection that the policy names, or refuses it
               --file: the payload is in a file that the gateway can read, or `-`: in what is typed
               --format: 0, 42, 50, 60, 110, 112 or its media type; default text/plain
               --expires: unanswered after so long it ends; default `life.seconds`
      cancel   take back a command that waits at this site, by its number here; its issuer is told

      Examples:
        bellgate commands send pump-17 valve open --site bob
        bellgate commands send pump-17 valve '{"open":40}' --format 50 --expires 3600 --site bob
        bellgate commands list pump-17 --site alice
      """;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Desk desk;

  /** Starts with what the component runtime binds. */
  @Activate
  public CommandsCommand() {}

  CommandsCommand(Desk desk) {
    this.desk = desk;
  }

  @Override
  public int run(Call call) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.contains("--help") || words.contains("-h")) {
      call.out().print(HELP);
      return OK;
    }
    Desk open = desk;
    if (open == null) {
      call.err().println("BG-CMD-014 commands are being swapped: try again");
      return FAILED;
    }
    try {
      return run(open, words, call);
    } catch (Usage usage) {
      call.err().print(HELP);
      return USAGE;
    } catch (IllegalArgumentException | IOException e) {
      call.err().println(e.getMessage());
      return FAILED;
    }
  }

  /** The words make no sense. */
  private static final class Usage extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private static int run(Desk open, List<String> words, Call call)
      throws IOException, InterruptedException, Usage {
    String verb = words.isEmpty() || words.get(0).startsWith("--") ? "list" : words.remove(0);
    switch (verb) {
      case "send" -> {
        return send(open, words, call);
      }
      case "cancel" -> {
        return cancel(open, words, call);
      }
      case "list" -> {
        boolean json = words.remove("--json");
        if (words.size() > 1 || words.size() == 1 && words.get(0).startsWith("--")) {
          throw new Usage();
        }
        new CommandList(open.list(), words.isEmpty() ? "" : words.get(0)).print(call.out(), json);
        return OK;
      }
      default -> throw new Usage();
    }
  }

  private static int cancel(Desk open, List<String> words, Call call) throws IOException, Usage {
    if (words.size() != 1 || !words.get(0).matches("[0-9]{1,18}")) {
      throw new Usage();
    }
    if (!open.cancel(Long.parseLong(words.get(0)))) {
      call.err().println("BG-CMD-009 no such command waits here: number=" + words.get(0));
      return FAILED;
    }
    call.out().println("cancelled " + words.get(0));
    return OK;
  }

  private static int send(Desk open, List<String> words, Call call)
      throws IOException, InterruptedException, Usage {
    String format = option(words, "--format", Format.TEXT.mediaType());
    String seconds = option(words, "--expires", "");
    String file = option(words, "--file", "");
    if (words.size() != (file.isEmpty() ? 3 : 2) || !seconds.matches("[0-9]{0,9}")) {
      throw new Usage();
    }
    Order order =
        open.order(
            words.get(0),
            words.get(1),
            Format.of(format).orElseThrow(Usage::new),
            file.isEmpty() ? words.get(2).getBytes(StandardCharsets.UTF_8) : read(file, call),
            seconds.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seconds)));
    return said(open.send(order), call);
  }

  private static byte[] read(String file, Call call) throws IOException {
    int most = io.bellgate.coap.commands.book.Command.MOST_OCTETS;
    if (file.equals("-")) {
      return call.in().readNBytes(most + 1);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(most + 1);
    }
  }

  private static String option(List<String> words, String name, String otherwise) throws Usage {
    int at = words.indexOf(name);
    if (at < 0) {
      return otherwise;
    }
    if (at + 1 == words.size()) {
      throw new Usage();
    }
    words.remove(at);
    return words.remove(at);
  }

  private static int said(Desk.Offered offered, Call call) {
    Acceptance acceptance = offered.acceptance();
    if (acceptance instanceof Acceptance.Accepted) {
      call.out().println("sent " + offered.sequence());
      return OK;
    }
    if (acceptance instanceof Acceptance.Refused refused) {
      call.err()
          .println(
              refused.code()
                  + " "
                  + refused.reason()
                  + ": nothing was sent; the policy decides what commands may go where");
      return REFUSED;
    }
    call.err()
        .println(
            acceptance == null
                ? "BG-CMD-019 the router did not answer: whether it was sent shows in its result: sent="
                    + offered.sequence()
                : "the router is busy: nothing was sent, try again");
    return FAILED;
  }
}
