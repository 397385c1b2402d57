package io.bellgate.gateway.router;

/** Wakes one waiting thread; a ring while nobody waits is remembered, so that none is lost. */
final class Bell {
  private boolean rung;

  synchronized void ring() {
    rung = true;
    notifyAll();
  }

  /** Waits for a ring since the last call, at most so long. */
  synchronized void await(long millis) throws InterruptedException {
    if (!rung) {
      wait(millis);
    }
    rung = false;
  }
}
