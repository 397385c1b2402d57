package io.bellgate.itests.bridge;

/**
 * A test failed in the framework. The class of what was thrown may not be known on the host, nor is
 * this class the same there, so only the text and the trace come across.
 */
final class FailedInFramework extends AssertionError {
  private static final long serialVersionUID = 1L;

  FailedInFramework(Throwable thrown) {
    super(thrown.toString());
    setStackTrace(thrown.getStackTrace());
    if (thrown.getCause() != null) {
      initCause(new FailedInFramework(thrown.getCause()));
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      addSuppressed(new FailedInFramework(suppressed));
    }
  }
}
