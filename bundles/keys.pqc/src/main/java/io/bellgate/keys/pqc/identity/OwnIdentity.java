package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * This site's identity.
 *
 * @param keys private keys
 * @param file what is shown of it
 * @param earlier the X-Wing key of the one before: for what is sealed to it and on its way
 */
record OwnIdentity(OwnKeys keys, IdentityFile file, Optional<XWing> earlier)
    implements AutoCloseable {

  /** On the terms of {@link PinnedIdentity#withXWing}. */
  <R> Optional<R> withXWing(byte[] encapsulationKey, Function<Secret, R> use) {
    if (Arrays.equals(encapsulationKey, keys.xWing().encapsulationKey())) {
      return Optional.of(keys.xWing().lend(use));
    }
    return earlier
        .filter(e -> Arrays.equals(encapsulationKey, e.encapsulationKey()))
        .map(e -> e.lend(use));
  }

  /** As above, for whichever key fits. */
  <R> Optional<R> withXWing(Predicate<byte[]> which, Function<Secret, R> use) {
    byte[] present = keys.xWing().encapsulationKey();
    if (which.test(present)) {
      return withXWing(present, use);
    }
    return earlier.map(XWing::encapsulationKey).filter(which).flatMap(k -> withXWing(k, use));
  }

  @Override
  public void close() {
    keys.close();
    earlier.ifPresent(XWing::close);
  }
}
