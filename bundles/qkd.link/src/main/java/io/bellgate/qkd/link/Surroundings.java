package io.bellgate.qkd.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;

/** The services around a link as they are at this moment; null where one is absent. */
interface Surroundings {
  QuantumChannel quantum(String peer);

  QkdProtocol protocol(String name);

  Reconciler reconciler(String name);

  RandomBits random();

  KeyPool pool();
}
