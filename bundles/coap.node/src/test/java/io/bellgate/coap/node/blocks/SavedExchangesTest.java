package io.bellgate.coap.node.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.junit.jupiter.api.Test;

class SavedExchangesTest {
  private static final int TIMES = 20_000;
  private static final int NUMBERS = 1 + 8 + 8 + 2 * 4_096; // any will do up to here

  private final MessageIds ids = new MessageIds();
  private long now = 1_000_000;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final TransferKey key = new TransferKey(new Peer("OscorePeer:n#1", true), "POST/enrol");

  private byte[] saved() {
    BlockTransfers transfers = new BlockTransfers(1_000, clock);
    transfers.uploads().put(key, new Upload(60, new byte[64]), 64, now);
    Response answer = new Response(ResponseCode.CHANGED);
    answer.setPayload(new byte[900]);
    answer.getOptions().setMaxAge(7);
    transfers.bodies().put(key, Body.of(answer), 900, now);
    RecentAnswers recent = new RecentAnswers(clock);
    recent.take(new RecentAnswers.Answered(new RecentAnswers.Asked("n", 7, 9), true, datagram()));
    return SavedExchanges.save(ids, transfers, recent, clock);
  }

  private void load(byte[] saved) {
    SavedExchanges.load(
        saved, new MessageIds(), new BlockTransfers(1_000, clock), new RecentAnswers(clock), clock);
  }

  private static byte[] datagram() {
    Response response = new Response(ResponseCode.CHANGED);
    response.setType(Type.ACK);
    response.setMID(7);
    response.setToken(Token.EMPTY);
    return new UdpDataSerializer().getByteArray(response);
  }

  @Test
  void areReadAsTheyWereSaved() {
    BlockTransfers transfers = new BlockTransfers(1_000, clock);
    RecentAnswers recent = new RecentAnswers(clock);
    byte[] saved = saved();
    now += 5_000;
    SavedExchanges.load(saved, new MessageIds(), transfers, recent, clock);
    assertEquals(64, transfers.uploads().get(key, now).orElseThrow().octets().length);
    Body body = transfers.bodies().get(key, now).orElseThrow();
    assertEquals(900, body.payload().length);
    assertEquals(7, body.options().getMaxAge());
    assertEquals(ResponseCode.CHANGED, body.code());
    assertArrayEquals(datagram(), recent.answers().get(0).datagram());
  }

  @Test
  void areOfNoUseWhenTheirNodesHaveGivenUp() {
    for (long later : new long[] {-1, 247_001}) {
      BlockTransfers transfers = new BlockTransfers(1_000, clock);
      RecentAnswers recent = new RecentAnswers(clock);
      byte[] saved = saved();
      now += later;
      SavedExchanges.load(saved, new MessageIds(), transfers, recent, clock);
      assertEquals(0, transfers.uploads().size() + recent.answers().size());
    }
  }

  @Test
  void areRefusedIfTheyWereChanged() {
    long seed = System.nanoTime();
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    byte[] good = saved();
    int refused = 0;
    for (int i = 0; i < TIMES; i++) {
      byte[] bad = good.clone();
      int behind = bad.length - random.nextInt(bad.length - NUMBERS);
      bad[behind - 1] ^= (byte) (1 << random.nextInt(8));
      byte[] cut = random.nextBoolean() ? Arrays.copyOf(bad, random.nextInt(bad.length)) : bad;
      try {
        load(cut);
      } catch (IllegalArgumentException e) {
        refused++; // and nothing else is thrown
      }
    }
    assertTrue(refused > TIMES / 2, "refused=" + refused);
    assertThrows(IllegalArgumentException.class, () -> load(new byte[] {9}));
  }
}
