package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Map;

/** How one algorithm is tested and measured, with whichever provider. */
public interface Trial {
  /**
   * Compares with known answers, and tries what must be refused.
   *
   * @return what was tested
   * @throws GeneralSecurityException if the answer is another one
   */
  String check(Provider provider) throws GeneralSecurityException;

  /**
   * What to measure: operations by name, the one that decides first.
   *
   * @throws GeneralSecurityException if the provider cannot do it
   */
  Map<String, Step> operations(Provider provider) throws GeneralSecurityException;

  /** One operation. */
  interface Step {
    void run() throws GeneralSecurityException;
  }
}
