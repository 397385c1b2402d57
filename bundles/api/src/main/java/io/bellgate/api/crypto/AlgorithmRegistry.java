package io.bellgate.api.crypto;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The algorithms of this gateway. Who uses one asks here for it each time that it begins something
 * (a session, a batch of keys), and takes the provider that is named: so policy, self-tests and a
 * newer provider reach all users without a restart. Thread safe.
 */
@ProviderType
public interface AlgorithmRegistry {
  /** What an algorithm is wanted for. */
  enum Use {
    /** To make something new. */
    MAKE,
    /** To read or verify what is there. */
    ACCEPT
  }

  /**
   * All, usable or not.
   *
   * @return in a stable order; of one name at most one is not DISABLED
   */
  List<Algorithm> algorithms();

  /**
   * The provider's algorithm to use now.
   *
   * @param name the standard's name, for example {@code ML-DSA-65}
   * @param use what for
   * @return one whose self-test passed
   * @throws NotAllowed if it is not known, failed its self-test, is disabled, past its last day, or
   *     wanted for what is new and only accepted
   */
  Algorithm require(String name, Use use);

  /**
   * Says what a connection or an exchange agreed on, for the inventory.
   *
   * @param peer the site at the other end
   * @param protocol for example {@code TLS 1.3}
   * @param algorithms names in the registry
   */
  void negotiated(String peer, String protocol, List<String> algorithms);
}
