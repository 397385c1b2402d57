package io.bellgate.api.ops;

/** The service called is being swapped: take its successor and call again. Nothing was done. */
public final class Gone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Names what is gone.
   *
   * @param what the service, for logs
   */
  public Gone(String what) {
    super(what + " is being swapped: take the service again and retry", null, false, false);
  }
}
