package io.bellgate.keys.pqc.registry;

import java.security.Provider;

/** Stands where no provider was found, or nobody looked for one yet. It can do nothing. */
final class NoProvider extends Provider {
  static final Provider HERE = new NoProvider();
  private static final long serialVersionUID = 1L;

  private NoProvider() {
    super("-", "-", "no provider");
  }
}
