package io.bellgate.keys.pqc.object;

import io.bellgate.api.bits.Secret;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The private X-Wing keys of this site. */
interface XWingKeys {
  /**
   * Lends the seed of one, 32 octets, and destroys the copy.
   *
   * @param which accepts an encapsulation key
   * @return empty if no key is accepted
   */
  <R> Optional<R> lend(Predicate<byte[]> which, Function<Secret, R> use);
}
