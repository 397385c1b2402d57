package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.TrustListener;
import io.bellgate.api.ops.Command;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sites with data folders in one folder, on one machine. */
final class Sites {
  private final Path folder;
  private final Map<String, PinnedIdentity> running = new HashMap<>();

  /** What may be used. */
  TestedAlgorithms algorithms = new TestedAlgorithms();

  /** Seals keys; null for none. */
  Token token;

  /** The sites whose peers' trust changed, as {@code SITE:PEER}. */
  final List<String> changes = new ArrayList<>();

  Sites(Path folder) {
    this.folder = folder;
    machine("4e1a1b0c3d5e4f60718293a4b5c6d7e8");
  }

  /** What the machine's ID is from now on. */
  void machine(String id) {
    try {
      Files.writeString(folder.resolve("machine-id"), id + "\n");
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }

  Places places(String site) {
    Path data = folder.resolve(site);
    return new Places(
        site,
        data.resolve("secrets"),
        data.resolve("identity"),
        List.of(data.resolve("trust"), data.resolve("config-trust")),
        Optional.of(folder.resolve("machine-id")),
        Optional.ofNullable(token));
  }

  /** Where the keys of the first issue are. */
  Path keys(String site) {
    return places(site).secrets().resolve("identity").resolve("1");
  }

  /** Starts a site, or starts it anew. */
  PinnedIdentity identity(String site) {
    return identity(site, site.hashCode());
  }

  /** With other random bits. */
  PinnedIdentity identity(String site, int seed) {
    PinnedIdentity identity = new PinnedIdentity();
    TrustListener listener = peer -> changes.add(site + ":" + peer);
    identity.listeners = List.of(listener);
    identity.algorithms = algorithms;
    identity.start(places(site));
    identity.bindRandom(new SeededBits(seed));
    running.put(site, identity);
    return identity;
  }

  /** As if the box were rebuilt. */
  void forget(String site) throws IOException {
    Files.move(keys(site).getParent(), folder.resolve("forgotten-" + System.nanoTime()));
  }

  /** Puts a site's identity into a file. */
  void copy(String from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(places(from).exported(), to);
  }

  String exported(String site) throws IOException {
    return Files.readString(places(site).exported());
  }

  /** Runs {@code identity} or, if it is the first argument, {@code pair}. */
  String run(String site, int code, String in, String... arguments) throws IOException {
    ByteArrayInputStream stdin = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
    return run(site, code, stdin, new ByteArrayOutputStream(), arguments);
  }

  String run(String site, int code, InputStream in, ByteArrayOutputStream out, String... arguments)
      throws IOException {
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>(List.of(arguments));
    int got;
    if (words.remove("pair")) {
      PairCommand command = new PairCommand();
      command.identity = running.get(site);
      got = command.run(new Command.Call(words, in, print, print));
    } else {
      IdentityCommand command = new IdentityCommand();
      command.identity = running.get(site);
      got = command.run(new Command.Call(words, in, print, print));
    }
    String said = out.toString(StandardCharsets.UTF_8);
    assertEquals(code, got, said);
    return said;
  }
}
