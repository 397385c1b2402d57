package io.bellgate.itests.bridge;

/**
 * A test did not succeed in the framework. An {@link Error}, as assertions are: the class of what
 * was thrown there may not be known on the host, so only its text and trace come across.
 */
final class FailedInFramework extends AssertionError {
  private static final long serialVersionUID = 1L;
  private final boolean aborted;

  FailedInFramework(Throwable thrown, boolean aborted) {
    super(text(thrown, aborted));
    this.aborted = aborted;
    setStackTrace(thrown.getStackTrace());
    if (thrown.getCause() != null) {
      initCause(new FailedInFramework(thrown.getCause(), false));
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      addSuppressed(new FailedInFramework(suppressed, false));
    }
  }

  private static String text(Throwable thrown, boolean aborted) {
    return aborted ? thrown.getMessage() : thrown.toString();
  }

  boolean aborted() {
    return aborted;
  }
}
