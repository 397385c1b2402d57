package io.bellgate.coap.commands;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A router that takes each identity once, or answers what it was told to. Thread safe. */
public final class ScriptedIntake implements Intake {
  private final List<Message> taken = new ArrayList<>();
  private final Set<MessageId> known = new HashSet<>();
  private Acceptance instead;
  private boolean silent;
  private int offers;

  /** Answers this from now on; null: takes. */
  public synchronized void answer(Acceptance fixed) {
    instead = fixed;
  }

  /** Stores, but says nothing: the answer is lost. */
  public synchronized void silent(boolean lost) {
    silent = lost;
  }

  @Override
  public synchronized CompletionStage<Acceptance> offer(Message message) {
    offers++;
    if (instead != null) {
      return CompletableFuture.completedFuture(instead);
    }
    boolean fresh = known.add(message.id());
    if (fresh) {
      taken.add(message);
    }
    if (silent) {
      return CompletableFuture.failedFuture(new IllegalStateException("the answer is lost"));
    }
    return CompletableFuture.completedFuture(
        fresh ? new Acceptance.Accepted() : new Acceptance.Duplicate());
  }

  /** What was taken, in order. */
  public synchronized List<Message> taken() {
    return List.copyOf(taken);
  }

  /** How often something was offered. */
  public synchronized int offers() {
    return offers;
  }

  /** What was taken as another gateway's router would deliver it. */
  public synchronized List<Delivery> deliveries(String site) {
    List<Delivery> deliveries = new ArrayList<>();
    for (Message message : taken) {
      deliveries.add(
          new Delivery(
              deliveries.size() + 1L,
              message,
              site,
              Map.of("protection", "qkd+pqc", "rule", "commands", "class", "command")));
    }
    return deliveries;
  }
}
