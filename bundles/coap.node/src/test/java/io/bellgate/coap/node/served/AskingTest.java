package io.bellgate.coap.node.served;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.api.node.NodeResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AskingTest {
  private static final Ask ASK = from("none");
  private static final Answer ANSWER =
      new Answer(Answer.Code.CHANGED, OptionalInt.empty(), new byte[0], new byte[0], 0);

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final NodeResources resources = new NodeResources();
  private final Asking asking = new Asking(resources, timer);

  private static Ask from(String ingress) {
    return new Ask(
        "n1",
        ingress,
        Ask.Method.GET,
        List.of(),
        List.of(),
        OptionalInt.empty(),
        new byte[0],
        OptionalInt.empty());
  }

  @AfterEach
  void end() {
    timer.shutdownNow();
  }

  private void serve(NodeResource resource) {
    resources.add(resource, Map.of(NodeResource.NAME, "board", "service.id", 1L));
  }

  @Test
  void asksSoManyAtATimeAndTellsOthersToComeAgain() {
    List<CompletableFuture<Answer>> open = new ArrayList<>();
    serve(
        ask -> {
          open.add(new CompletableFuture<>());
          return open.get(open.size() - 1);
        });
    List<CompletableFuture<Answer>> asked = new ArrayList<>();
    timer.setRemoveOnCancelPolicy(true);
    for (int i = 0; i < Asking.MOST; i++) {
      asked.add(asking.ask("board", from("OSCORE")));
    }
    assertSame(Asking.LATER, asking.ask("board", from("OSCORE")).join());
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
    assertEquals(Asking.MOST, open.size());
    open.forEach(o -> o.complete(ANSWER));
    asked.forEach(a -> assertSame(ANSWER, a.join()));
    assertFalse(asking.ask("board", ASK).isDone(), "there is room again");
    assertEquals(1, timer.getQueue().size(), "nothing is left of what was answered");
  }

  @Test
  void leavesHalfOfItsPlacesToNodesThatAreProtected() {
    List<CompletableFuture<Answer>> open = new ArrayList<>();
    serve(
        ask -> {
          open.add(new CompletableFuture<>());
          return open.get(open.size() - 1);
        });
    for (int i = 0; i < Asking.MOST_PLAIN; i++) {
      assertFalse(asking.ask("board", ASK).isDone(), "i=" + i);
    }
    for (int i = 0; i < Asking.MOST; i++) {
      assertSame(Asking.LATER, asking.ask("board", ASK).join());
    }
    for (int i = 0; i < Asking.MOST - Asking.MOST_PLAIN; i++) {
      assertFalse(asking.ask("board", from("DTLS-PSK")).isDone(), "i=" + i);
    }
    assertSame(Asking.LATER, asking.ask("board", from("DTLS-PSK")).join());
    assertEquals(Asking.MOST, open.size());
    open.get(0).complete(ANSWER);
    assertFalse(asking.ask("board", ASK).isDone(), "there is room again");
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
  }

  @Test
  void hasAnAnswerWhateverAResourceThrows() {
    serve(
        ask -> {
          throw new NoClassDefFoundError("refreshed");
        });
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
    serve(ask -> null);
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
    serve(ask -> CompletableFuture.failedFuture(new NoClassDefFoundError("refreshed")));
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
  }

  @Test
  void takesOneAnswer() throws Exception {
    CompletableFuture<Answer> given = new CompletableFuture<>();
    serve(ask -> given);
    CompletableFuture<Answer> answer = asking.ask("board", ASK);
    assertSame(Asking.LATER, answer.get(20, TimeUnit.SECONDS), "it was too slow");
    given.complete(ANSWER);
    assertSame(Asking.LATER, answer.join());
  }

  @Test
  void hasAnAnswerWhenItsEndpointIsClosed() {
    timer.shutdownNow();
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
    serve(ask -> new CompletableFuture<>());
    assertSame(Asking.LATER, asking.ask("board", ASK).join());
  }
}
