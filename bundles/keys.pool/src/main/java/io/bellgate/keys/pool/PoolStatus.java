package io.bellgate.keys.pool;

import io.bellgate.api.keys.KeyPool;
import io.bellgate.keys.pool.store.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What status shows of a store. */
final class PoolStatus {
  private PoolStatus() {}

  static Map<String, Object> of(Storage storage) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("site", storage.place().site());
    status.put("fsync", storage.place().fsync());
    status.put("file", storage.place().store().toString());
    status.put("wrappingKey", storage.wrappingKey());
    status.put("wrappingKeyFile", storage.place().keyFile().toString());
    status.put("wrappingKeyGeneration", storage.wrappingKeyGeneration());
    status.put("failure", storage.failure());
    List<Map<String, Object>> stocks = new ArrayList<>();
    for (KeyPool.Stock stock : storage.lastStocks()) {
      stocks.add(row(stock));
    }
    status.put("stocks", stocks);
    return status;
  }

  /** Keys by purpose. */
  static Map<String, Object> of(Map<KeyPool.Purpose, Long> taken) {
    Map<String, Object> status = new LinkedHashMap<>();
    taken.forEach((purpose, keys) -> status.put(purpose.name().toLowerCase(Locale.ROOT), keys));
    return status;
  }

  private static Map<String, Object> row(KeyPool.Stock stock) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("peer", stock.peer());
    row.put("origin", stock.origin().toString());
    row.put("state", stock.state().name());
    row.put("ownOctets", stock.own());
    row.put("peersOctets", stock.peers());
    row.put("unconfirmedOctets", stock.unconfirmed());
    row.put("takenKeys", stock.taken());
    row.put("committedKeys", stock.committed());
    row.put("secondsToEmpty", stock.secondsToEmpty());
    return row;
  }
}
