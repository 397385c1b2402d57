package io.bellgate.keys.pqc.identity;

import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Gone;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the commands that trust somebody share: how they are asked, reading what was brought, and
 * saying who it is.
 */
final class Introduced {
  private Introduced() {}

  /** A command on the site's identity; words are the arguments. */
  interface Asked {
    int run(PinnedIdentity identity, List<String> words) throws IOException;
  }

  /**
   * Runs a command, or says why it cannot.
   *
   * @param identity null while there is none
   * @return its exit code
   */
  static int run(Command.Call call, String help, PinnedIdentity identity, Asked asked)
      throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(help);
      return Command.OK;
    }
    if (identity == null) {
      call.err().println("identities are not configured: PID io.bellgate.keys.pqc.identity");
      return Command.UNREACHABLE;
    }
    try {
      return asked.run(identity, words);
    } catch (Gone | NoSuchFileException failed) {
      call.err().println(failed.getMessage());
      return Command.FAILED;
    } catch (IllegalArgumentException | IllegalStateException | NotAllowed refused) {
      call.err().println(refused.getMessage());
      return Command.REFUSED;
    }
  }

  /**
   * Reads a file.
   *
   * @param name {@code -} reads the JSON object that comes next in {@code in}, and no further
   * @throws IllegalArgumentException if it is no JSON object, or there is no such file
   */
  static JsonObject read(String name, InputStream in) throws IOException {
    if (name.equals("-")) {
      return Fields.parse(pasted(in));
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(
          "there is no such file where the gateway runs: file=" + name + "; use -");
    }
    return Fields.parse(IdentityFile.octets(file));
  }

  /** Up to the brace that closes the first; no text of an identity holds braces. */
  private static byte[] pasted(InputStream in) throws IOException {
    java.io.ByteArrayOutputStream octets = new java.io.ByteArrayOutputStream();
    int depth = 0;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      octets.write(octet);
      depth += octet == '{' ? 1 : octet == '}' ? -1 : 0;
      if (depth == 0 && octet == '}' || octets.size() > IdentityFile.MOST_OCTETS) {
        break;
      }
    }
    return octets.toByteArray();
  }

  /**
   * Checks what somebody expects.
   *
   * @param expected digits, words, or the line {@code BELLGATE:SITE:DIGITS}
   * @throws IllegalArgumentException if the identity is another
   */
  static void expect(IdentityFile identity, String expected) {
    String typed = expected.strip();
    String prefix = "bellgate:" + identity.site() + ":";
    if (typed.toLowerCase(Locale.ROOT).startsWith(prefix)) {
      typed = typed.substring(prefix.length());
    }
    if (!Fingerprint.parse(typed).equals(identity.fingerprint())) {
      throw new IllegalArgumentException(
          "BG-IDENT-010 the fingerprint is not the expected one, nothing is trusted: site="
              + identity.site()
              + " shown="
              + identity.fingerprint());
    }
  }

  /** A line that fits a QR code in its alphanumeric mode. */
  static String line(IdentityFile identity) {
    return ("BELLGATE:" + identity.site() + ":" + identity.fingerprint().hex())
        .toUpperCase(Locale.ROOT);
  }

  static JsonObjectBuilder json(IdentityFile identity) {
    return Json.createObjectBuilder()
        .add("site", identity.site())
        .add("issue", identity.issue())
        .add("fingerprint", identity.fingerprint().toString())
        .add("words", String.join("-", identity.fingerprint().words()))
        .add("line", line(identity));
  }

  /** The 16 words in rows of four, each behind its number. */
  static String rows(List<String> words) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      rows.append(String.format("%5d %-6s", i + 1, words.get(i)));
      rows.append(i % 4 == 3 ? System.lineSeparator() : "");
    }
    return rows.toString();
  }

  /** The value behind a word; removes both. */
  static String option(List<String> words, String name) {
    int at = words.indexOf(name);
    if (at < 0) {
      return "";
    }
    words.remove(at);
    if (at == words.size()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return words.remove(at);
  }
}
