package io.bellgate.qkd.optics;

import io.bellgate.api.ops.Command;
import jakarta.json.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The words of the command {@code optics}. */
final class OpticsCommand {
  private static final String HELP =
      """
      usage: bellgate optics status [--json] --site SITE
             bellgate optics eve none [--json] --site SITE
             bellgate optics eve intercept-resend [--fraction F] [--json] --site SITE
             bellgate optics fibre --km X [--json] --site SITE

      Looks at and changes a SIMULATED fibre, in the process that runs it. Changes take effect at
      once, in running blocks too, and last until the process ends.

        status         physics, eavesdropper, links
        eve            who listens: nobody, or somebody who measures a fraction of the pulses
                       (all, if it is not said) and sends them on
        fibre          the length of the fibre, in km
        --json         print the status as JSON

      examples:
        bellgate optics status --site optics
        bellgate optics eve intercept-resend --fraction 0.2 --site optics
        bellgate optics eve none --site optics
        bellgate optics fibre --km 50 --site optics
      """;

  private final Table table;
  private final Supplier<Map<String, Object>> status;

  OpticsCommand(Table table, Supplier<Map<String, Object>> status) {
    this.table = table;
    this.status = status;
  }

  int run(Command.Call call) {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.contains("--help") || words.contains("-h")) {
      call.out().print(HELP);
      return Command.OK;
    }
    boolean json = words.remove("--json");
    try {
      if (!change(words)) {
        call.err().print(HELP);
        return Command.USAGE;
      }
    } catch (NumberFormatException e) {
      call.err().println("BG-OPTICS-008 a value is a number: " + e.getMessage());
      return Command.USAGE;
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage());
      return Command.USAGE;
    }
    show(call.out(), json);
    return Command.OK;
  }

  /** Does what the words say; false if they say nothing. */
  private boolean change(List<String> words) {
    if (words.isEmpty() || words.equals(List.of("status"))) {
      return true;
    }
    if (words.equals(List.of("eve", "none"))) {
      table.eve(Eve.NONE);
      return true;
    }
    if (words.equals(List.of("eve", "intercept-resend"))) {
      table.eve(new Eve(1));
      return true;
    }
    if (words.size() == 4
        && words.subList(0, 3).equals(List.of("eve", "intercept-resend", "--fraction"))) {
      table.eve(new Eve(Double.parseDouble(words.get(3))));
      return true;
    }
    if (words.size() == 3 && words.subList(0, 2).equals(List.of("fibre", "--km"))) {
      table.fibre(Double.parseDouble(words.get(2)));
      return true;
    }
    return false;
  }

  private void show(PrintStream out, boolean json) {
    Map<String, Object> all = status.get();
    if (json) {
      out.println(Json.createObjectBuilder(all).build());
    } else {
      out.println("SIMULATED: no photon is involved");
      print(out, "", all);
    }
  }

  private static void print(PrintStream out, String indent, Map<?, ?> map) {
    map.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner) {
            out.println(indent + name + ":");
            print(out, indent + "  ", inner);
          } else {
            out.println(indent + name + ": " + value);
          }
        });
  }
}
