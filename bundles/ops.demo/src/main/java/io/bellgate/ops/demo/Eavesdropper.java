package io.bellgate.ops.demo;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Eve on the simulated fibre: she measures every pulse and sends another (intercept-resend), until
 * at least two blocks are aborted for it and a message has fallen back. What she did is read from
 * alice's own figures. For one thread.
 */
final class Eavesdropper {
  private static final long LOOK_NANOS = 500_000_000;
  private static final int LEAST_BLOCKS = 2;

  /** A full intercept-resend gives 25 %; a block that she met half-way less. */
  private static final double WHOLE_BLOCK_QBER = 0.22;

  private final Sandbox sandbox;
  private final Say say;
  private boolean here;
  private boolean came;
  private long lookedAt;
  private long abortedBefore;
  private long fallbacksBefore;
  private long returnsBefore;
  private Evidence evidence = new Evidence(0, 0, 0, 0, 0);

  /** Tells the operator. */
  interface Say {
    void say(String format, Object... values);
  }

  /**
   * What her visit did, by alice's figures.
   *
   * @param aborted blocks given up for their QBER
   * @param wholeBlocks of these, with every pulse intercepted, by their QBER
   * @param highestQber that was computed, in [0,1]
   * @param fallbacks messages under a less preferred protection than the one before
   * @param returns back again, after she had gone
   */
  record Evidence(
      long aborted, long wholeBlocks, double highestQber, long fallbacks, long returns) {
    List<String> failures() {
      List<String> failures = new ArrayList<>();
      if (aborted == 0 || wholeBlocks < LEAST_BLOCKS) {
        failures.add(
            "Eve on the fibre aborts blocks: aborted=" + aborted + " whole=" + wholeBlocks);
      }
      if (fallbacks == 0) {
        failures.add("no message fell back while Eve listened");
      }
      if (returns == 0) {
        failures.add("no message returned to its preferred protection after Eve");
      }
      return failures;
    }

    JsonObject json() {
      return Json.createObjectBuilder()
          .add("blocksAborted", aborted)
          .add("wholeBlocksIntercepted", wholeBlocks)
          .add("highestQber", highestQber)
          .add("fallbacks", fallbacks)
          .add("returns", returns)
          .build();
    }

    String words() {
      return String.format(
          Locale.ROOT,
          "Eve: highest QBER %.1f %%, %d blocks aborted (%d of them whole), %d fallbacks, %d returns",
          100 * highestQber,
          aborted,
          wholeBlocks,
          fallbacks,
          returns);
    }
  }

  Eavesdropper(Sandbox sandbox, Say say) {
    this.sandbox = sandbox;
    this.say = say;
  }

  Evidence evidence() {
    return evidence;
  }

  /** Whether she has been here, was noticed, and has been forgotten. */
  boolean over() {
    return came && !here && evidence.returns() > 0;
  }

  /** The scripted visit; called all the time from a certain moment on. */
  void appear() {
    if (System.nanoTime() - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = System.nanoTime();
    try {
      if (!came) {
        toggle();
      }
      look(sandbox.alice().status());
      if (here && evidence.wholeBlocks() >= LEAST_BLOCKS && evidence.fallbacks() > 0) {
        toggle();
      }
    } catch (IOException away) {
      // killed on request: the next look will do
    }
  }

  void leave() throws IOException {
    if (here) {
      toggle();
    }
  }

  /** Comes or goes. */
  void toggle() throws IOException {
    String[] command =
        here
            ? new String[] {"optics", "eve", "none"}
            : new String[] {"optics", "eve", "intercept-resend"};
    Control.Answer answer = sandbox.optics().control().run(command);
    if (answer.code() != 0) {
      throw new IOException("the optics did not take Eve: " + answer.err());
    }
    here = !here;
    JsonObject alice = sandbox.alice().status();
    if (here && !came) {
      abortedBefore = aborted(alice);
      fallbacksBefore = router(alice, "fallbacks");
    } else if (!here) {
      returnsBefore = router(alice, "returns");
    }
    came = true;
    say.say(
        here
            ? "EVE measures every pulse on the fibre (intercept-resend)"
            : "EVE has gone; QBER while she was here: %.1f %%",
        100 * evidence.highestQber());
  }

  /** Reads alice's figures; returns the link in one line. */
  String look(JsonObject alice) {
    JsonObject link = section(alice, "qkd.link");
    if (came) {
      update(alice);
    }
    return String.format(
        Locale.ROOT,
        "QBER %s, sifted %d bit/s, secret %d bit/s, blocks %d confirmed, %d aborted; %s",
        link.containsKey("lastQber")
            ? String.format(
                Locale.ROOT, "%.2f %%", 100 * link.getJsonNumber("lastQber").doubleValue())
            : "-",
        link.getInt("siftedBitsPerSecond", 0),
        link.getInt("secretBitsPerSecond", 0),
        link.getInt("blocksConfirmed", 0),
        link.getInt("blocksAborted", 0),
        link.getString("state", "not there"));
  }

  private void update(JsonObject alice) {
    long whole = 0;
    double highest = 0;
    for (JsonObject block : blocks()) {
      double qber = block.containsKey("qber") ? block.getJsonNumber("qber").doubleValue() : 0;
      highest = Math.max(highest, qber);
      whole += qber > WHOLE_BLOCK_QBER ? 1 : 0;
    }
    evidence =
        new Evidence(
            aborted(alice) - abortedBefore,
            Math.max(whole, evidence.wholeBlocks()),
            Math.max(highest, evidence.highestQber()),
            router(alice, "fallbacks") - fallbacksBefore,
            here ? 0 : router(alice, "returns") - returnsBefore);
  }

  private List<JsonObject> blocks() {
    try {
      Control.Answer answer = sandbox.alice().control().run("link", "blocks", "--json");
      try (JsonReader reader = Json.createReader(new StringReader(answer.out()))) {
        JsonArray array = reader.readArray();
        return array.getValuesAs(JsonObject.class);
      }
    } catch (IOException | RuntimeException away) {
      return List.of(); // killed on request: it comes back
    }
  }

  private static long aborted(JsonObject alice) {
    JsonObject link = section(alice, "qkd.link");
    return link.containsKey("abortedByReason")
        ? link.getJsonObject("abortedByReason").getInt("qber", 0)
        : 0;
  }

  private static long router(JsonObject alice, String name) {
    return section(alice, "router").getInt(name, 0);
  }

  private static JsonObject section(JsonObject status, String name) {
    return status.containsKey(name) ? status.getJsonObject(name) : JsonObject.EMPTY_JSON_OBJECT;
  }
}
