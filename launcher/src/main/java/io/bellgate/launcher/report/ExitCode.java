package io.bellgate.launcher.report;

/** Exit codes of every command, and those that the supervising script acts on. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int UNREACHABLE = 3;
  public static final int REFUSED = 4;

  /** The gateway asks its supervisor to start it again at once. */
  public static final int RESTART = 75;

  private ExitCode() {}
}
