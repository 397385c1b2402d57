package io.bellgate.coap.node.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.util.List;
import java.util.Random;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.Test;

class LinkFormatTest {
  /** RFC 6690, 5. */
  private static final String EXAMPLE =
      "</sensors>;ct=40;title=\"Sensor Index\",</sensors/temp>;rt=\"temperature-c\";if=\"sensor\","
          + "<http://www.example.com/sensors/t123>;anchor=\"/sensors/temp\";rel=\"describedby\","
          + "</t>;anchor=\"/sensors/temp\";rel=\"alternate\";obs";

  private static String again(String text) {
    return String.join(",", LinkFormat.read(text).stream().map(Link::toString).toList());
  }

  @Test
  void readsWhatItWrites() {
    assertEquals(EXAMPLE, again(EXAMPLE));
    assertEquals("", again(""));
    assertEquals("</a>;x=\"\\\"\\\\,;<\u00e9\"", again(" </a> ;\tx=\"\\\"\\\\,;<\u00e9\"\r\n"));
    assertEquals(
        "</a>;rt=\"x.y:z\",</b>;title*=\"UTF-8''a\"", again("</a>;rt=x.y:z, </b>;title*=UTF-8''a"));
    assertEquals(
        List.of(new Link("/a", List.of(new Attribute("obs", "", true), new Attribute("sz", "0")))),
        LinkFormat.read("</a>;obs;sz=0"));
  }

  @Test
  void refusesWhatTheGrammarHasNot() {
    for (String text :
        List.of(
            "a",
            "<",
            "</a",
            "</a>,",
            ",</a>",
            "</a>,,</b>",
            "</a>;",
            "</a>;=1",
            "</a>;x=",
            "</a>;x=\"",
            "</a>;x=\"\\",
            "</a>;x=\"a\nb\"",
            "</a>;x=a b",
            "</a>;x=\"a\"b",
            "</a></b>",
            "</a>;x=1;x=2",
            "</a>;href=\"/b\"",
            "</a>;anchor",
            "</a>;anchor=\"b\"",
            "<a>",
            "<>",
            "<//h/a>",
            "<../a>",
            "</a b>",
            "</\u00e9>",
            "<http://[>",
            "</a>x",
            "</a>;\u00e9=1",
            "</a>;x=\u00e9")) {
      Refused why = assertThrows(Refused.class, () -> LinkFormat.read(text), text);
      assertEquals(ResponseCode.BAD_REQUEST, why.response(), text);
    }
  }

  @Test
  void boundsLinksAndAttributes() {
    String links = "</a>,".repeat(LinkFormat.MOST_LINKS - 1) + "</a>";
    assertEquals(LinkFormat.MOST_LINKS, LinkFormat.read(links).size());
    assertEquals(
        ResponseCode.REQUEST_ENTITY_TOO_LARGE,
        assertThrows(Refused.class, () -> LinkFormat.read(links + ",</a>")).response());
    StringBuilder attributes = new StringBuilder("</a>");
    for (int i = 0; i < LinkFormat.MOST_ATTRIBUTES; i++) {
      attributes.append(";a").append(i);
    }
    assertEquals(attributes.toString(), again(attributes.toString()));
    assertEquals(
        ResponseCode.REQUEST_ENTITY_TOO_LARGE,
        assertThrows(Refused.class, () -> LinkFormat.read(attributes + ";b")).response());
  }

  @Test
  void givesLinksThatItReadsAgainOrSaysTheRuleWhateverTheTextIs() {
    long seed = 90;
    Random random = new Random(seed);
    int[] outcomes = new int[2];
    for (int i = 0; i < 50_000; i++) {
      StringBuilder mutant = new StringBuilder(EXAMPLE);
      for (int k = random.nextInt(4); k >= 0; k--) {
        int at = random.nextInt(Math.max(1, mutant.length()));
        mutant.append(mutant.isEmpty() ? "<" : "");
        switch (random.nextInt(4)) {
          case 0 -> mutant.setCharAt(at, (char) random.nextInt(256));
          case 1 -> mutant.deleteCharAt(at);
          case 2 -> mutant.insert(at, EXAMPLE.charAt(random.nextInt(EXAMPLE.length())));
          default -> mutant.setLength(at + 1);
        }
      }
      try {
        List<Link> links = LinkFormat.read(mutant.toString());
        String written = String.join(",", links.stream().map(Link::toString).toList());
        assertEquals(written, again(written), "seed=" + seed);
        outcomes[0]++;
      } catch (Refused expected) {
        outcomes[1]++;
      }
    }
    assertTrue(outcomes[0] > 1_000 && outcomes[1] > 1_000, outcomes[0] + " " + outcomes[1]);
  }
}
