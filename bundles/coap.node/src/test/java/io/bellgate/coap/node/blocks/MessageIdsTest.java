package io.bellgate.coap.node.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Numbers of messages, towards each node. */
class MessageIdsTest {
  private static MessageIds handedOver(MessageIds before) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    before.write(new DataOutputStream(octets));
    MessageIds next = new MessageIds();
    next.read(new DataInputStream(new ByteArrayInputStream(octets.toByteArray())));
    return next;
  }

  private static InetSocketAddress node(int number) throws IOException {
    byte[] address = {10, 0, (byte) (number >> 8), (byte) number};
    return new InetSocketAddress(InetAddress.getByAddress(address), 5_683 + number % 7);
  }

  @Test
  void comeOnceToEachNodeOverManySwaps() throws IOException {
    MessageIds ids = new MessageIds();
    Map<Integer, Set<Integer>> heard = new HashMap<>();
    for (int swap = 0; swap < 100; swap++) {
      for (int message = 0; message < 8; message++) {
        for (int node = 0; node < 50; node++) {
          int id = ids.getNextMessageId(node(node));
          assertEquals(id & 0xffff, id);
          assertTrue(heard.computeIfAbsent(node, n -> new HashSet<>()).add(id), "it came before");
        }
      }
      ids = handedOver(ids);
    }
  }

  @Test
  void areAllThatThereAreBeforeOneComesAgain() throws IOException {
    MessageIds ids = new MessageIds();
    Set<Integer> heard = new HashSet<>();
    for (int message = 0; message < 1 << 16; message++) {
      heard.add(ids.getNextMessageId(node(1)));
    }
    assertEquals(1 << 16, heard.size());
  }

  @Test
  void ofManyNodesHaveCountersOfTheirOwn() throws IOException {
    MessageIds ids = new MessageIds();
    int behind = ids.getNextMessageId(node(1));
    for (int other = 2; other < 1_002; other++) {
      ids.getNextMessageId(node(other));
    }
    int steps = ids.getNextMessageId(node(1)) - behind & 0xffff;
    assertTrue(steps <= 50, "1,000 others took " + (steps - 1) + " numbers");
  }
}
