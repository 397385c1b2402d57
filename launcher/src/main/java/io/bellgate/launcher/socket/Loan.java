package io.bellgate.launcher.socket;

import java.io.Closeable;

/** A socket in a borrower's hands. Closing it ends the loan and leaves the real socket open. */
interface Loan extends Closeable {
  /** Whether the loan has ended, by close or by an interrupt of a borrower's thread. */
  boolean ended();
}
