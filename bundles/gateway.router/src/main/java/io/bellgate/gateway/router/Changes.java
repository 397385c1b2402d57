package io.bellgate.gateway.router;

import io.bellgate.api.message.Flow;
import io.bellgate.api.policy.Protection;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How rules change their protection: a fallback is a message of a rule under a less preferred one
 * than the message of that rule before, a return the reverse. Since the router started. Thread
 * safe: guarded by itself.
 */
final class Changes {
  private static final int LAST = 32;

  /** Rules are this site's own; the bound is for rule sets that come and go. */
  private static final int MOST_RULES = 256;

  private static final class Rule {
    final Map<String, Protection> lastTo = new TreeMap<>();
    long fallbacks;
    long returns;
  }

  private final Map<String, Rule> rules = new TreeMap<>();
  private final Deque<Map<String, Object>> last = new ArrayDeque<>();
  private long fallbacks;
  private long returns;

  /** A message of a rule was protected. */
  synchronized void sent(Item item, String peer, Protection protection, Instant now) {
    if (!rules.containsKey(item.rule()) && rules.size() >= MOST_RULES) {
      return;
    }
    Rule rule = rules.computeIfAbsent(item.rule(), r -> new Rule());
    Protection before = rule.lastTo.put(peer, protection);
    if (before == null || before == protection || !item.acceptable().contains(before)) {
      return; // the first one, or the rule itself was changed
    }
    boolean fallback = item.acceptable().indexOf(protection) > item.acceptable().indexOf(before);
    fallbacks += fallback ? 1 : 0;
    returns += fallback ? 0 : 1;
    rule.fallbacks += fallback ? 1 : 0;
    rule.returns += fallback ? 0 : 1;
    keep(item, peer, before, protection, now);
  }

  private void keep(Item item, String peer, Protection from, Protection to, Instant now) {
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("time", now.toString());
    change.put("rule", item.rule());
    change.put("class", item.message().flow().text(Flow.DATA_CLASS));
    change.put("peer", peer);
    change.put("from", from.word());
    change.put("to", to.word());
    last.addLast(change);
    if (last.size() > LAST) {
      last.removeFirst();
    }
  }

  /** {@code fallbacks}, {@code returns}, {@code rules} and {@code protectionChanges}. */
  synchronized Map<String, Object> status() {
    Map<String, Object> perRule = new TreeMap<>();
    rules.forEach((name, rule) -> perRule.put(name, status(rule)));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("fallbacks", fallbacks);
    status.put("returns", returns);
    status.put("rules", perRule);
    status.put("protectionChanges", new ArrayList<>(List.copyOf(last)));
    return status;
  }

  private static Map<String, Object> status(Rule rule) {
    Map<String, Object> protection = new TreeMap<>();
    rule.lastTo.forEach((peer, p) -> protection.put(peer, p.word()));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("protection", protection);
    status.put("fallbacks", rule.fallbacks);
    status.put("returns", rule.returns);
    return status;
  }
}
