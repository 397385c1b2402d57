package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two people compare by voice, and nothing is trusted before. */
class PairCommandTest {
  private static final Pattern QUESTION = Pattern.compile("type word (\\d+)");
  private static final Pattern NUMBER = Pattern.compile("who answers: ([0-9]{6})");

  @TempDir Path folder;
  private Sites sites;
  private PinnedIdentity alice;
  private PinnedIdentity bob;

  @BeforeEach
  void twoSites() {
    sites = new Sites(folder);
    alice = sites.identity("alice");
    bob = sites.identity("bob");
  }

  /** Somebody who types the words that he hears when he is asked, after having pasted a file. */
  private final class Person extends InputStream {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final List<Integer> asked = new ArrayList<>();
    private final List<String> heard;
    private InputStream typed;

    Person(String pasted, List<String> heard) {
      this.typed = new ByteArrayInputStream(pasted.getBytes(StandardCharsets.UTF_8));
      this.heard = heard;
    }

    @Override
    public int read() {
      try {
        int octet = typed.read();
        if (octet >= 0) {
          return octet;
        }
        Matcher questions = QUESTION.matcher(screen.toString(StandardCharsets.UTF_8));
        int last = -1;
        while (questions.find()) {
          last = Integer.parseInt(questions.group(1));
        }
        if (last > 0) {
          asked.add(last);
        }
        Matcher number = NUMBER.matcher(screen.toString(StandardCharsets.UTF_8));
        String word = (last > 0 || !number.find() ? heard.get(last - 1) : number.group(1)) + "\n";
        typed = new ByteArrayInputStream(word.getBytes(StandardCharsets.UTF_8));
        return typed.read();
      } catch (java.io.IOException impossible) {
        throw new java.io.UncheckedIOException(impossible);
      }
    }
  }

  private static List<String> words(PinnedIdentity site) {
    return Fingerprint.of(site.own()).words();
  }

  @Test
  void trustsWhenTheWordsAreThoseOfTheFile() throws Exception {
    Person atBob = new Person(sites.exported("alice") + "\n", words(alice));
    String said = sites.run("bob", Command.OK, atBob, atBob.screen, "pair");
    assertEquals(6, atBob.asked.stream().distinct().count(), "asked=" + atBob.asked);
    for (String word : words(bob)) {
      assertTrue(said.contains(word), "bob's words are shown to bob");
    }
    String compared = said.substring(said.indexOf("reads out 16 words"), said.indexOf("trusts"));
    for (int i = 0; i < 16; i++) {
      boolean hidden = atBob.asked.contains(i + 1);
      assertEquals(!hidden, compared.contains(words(alice).get(i)), "word " + (i + 1));
    }
    assertEquals(alice.own(), bob.trusted("alice").orElseThrow());
    Person atAlice = new Person(sites.exported("bob"), words(bob));
    String other = sites.run("alice", Command.OK, atAlice, atAlice.screen, "pair", "-");
    assertEquals(code(said), code(other), "both see one code");
  }

  private static String code(String said) {
    Matcher code = Pattern.compile("([a-z]{5}-[a-z]{5})\\R").matcher(said);
    assertTrue(code.find(), said);
    return code.group(1);
  }

  @Test
  void trustsNobodyWhenTheWordsAreOthers() throws Exception {
    Person deceived = new Person(sites.exported("alice"), words(sites.identity("carol")));
    String said = sites.run("bob", Command.REFUSED, deceived, deceived.screen, "pair");
    assertTrue(said.contains("BG-IDENT-010"), said);
    assertEquals(3, deceived.asked.size(), "tries");
    assertTrue(bob.trusted("alice").isEmpty());
  }

  /** Eight rising words of the file would answer six questions, with two errors allowed. */
  @Test
  void trustsNobodyWhenTheAnswersComeWithTheFile() throws Exception {
    String answers = String.join("\n", words(alice).subList(0, 8)) + "\n";
    for (int i = 0; i < 200; i++) {
      String said =
          sites.run("bob", Command.REFUSED, sites.exported("alice") + "\n" + answers, "pair", "-");
      assertTrue(said.contains("BG-IDENT-010"), said);
    }
    assertTrue(bob.trusted("alice").isEmpty());
  }

  @Test
  void trustsNobodyWhenNothingIsTyped() throws Exception {
    String said = sites.run("bob", Command.REFUSED, sites.exported("alice"), "pair", "-");
    assertTrue(said.contains("BG-IDENT-010"), said);
    sites.run("bob", Command.REFUSED, "", "pair", "-");
    sites.run("bob", Command.REFUSED, sites.exported("alice"), "pair", "-", "--json");
    assertTrue(bob.trusted("alice").isEmpty());
  }

  @Test
  void comparesForScripts() throws Exception {
    String file = sites.exported("alice");
    String line = Introduced.line(alice.file());
    assertTrue(line.matches("[0-9A-Z :$%*+./-]+"), "alphanumeric mode of a QR code: " + line);
    String wrong = Introduced.line(bob.file());
    sites.run("bob", Command.REFUSED, file, "pair", "-", "--expect", wrong);
    assertTrue(bob.trusted("alice").isEmpty());
    for (String expected :
        List.of(line, String.join(" ", words(alice)), alice.file().fingerprint().toString())) {
      String said = sites.run("bob", Command.OK, file, "pair", "-", "--json", "--expect", expected);
      assertTrue(said.contains("\"site\":\"alice\""), said);
    }
    assertEquals(alice.own(), bob.trusted("alice").orElseThrow());
    String own = sites.run("alice", Command.OK, "", "pair", "--json");
    assertTrue(own.contains(line) && own.contains(String.join("-", words(alice))), own);
  }

  @Test
  void doesNotAskAboutASuccessor() throws Exception {
    sites.run("bob", Command.OK, sites.exported("alice"), "trust", "-");
    sites.run("alice", Command.OK, "", "rotate");
    String said = sites.run("bob", Command.OK, sites.exported("alice"), "pair", "-");
    assertTrue(said.contains("no need to compare"), said);
    assertFalse(said.contains("type word"), said);
    assertEquals(alice.own(), bob.trusted("alice").orElseThrow());
  }

  @Test
  void asksAgainAboutAnotherIdentityOnlyWhenTold() throws Exception {
    sites.run("bob", Command.OK, sites.exported("alice"), "trust", "-");
    sites.run("alice", Command.OK, "", "rotate", "--new");
    Person first = new Person(sites.exported("alice"), words(alice));
    String said = sites.run("bob", Command.REFUSED, first, first.screen, "pair");
    assertTrue(said.contains("BG-IDENT-009"), said);
    Person second = new Person(sites.exported("alice"), words(alice));
    sites.run("bob", Command.OK, second, second.screen, "pair", "--replace");
    assertEquals(6, second.asked.size());
    assertEquals(alice.own(), bob.trusted("alice").orElseThrow());
  }
}
