package io.bellgate.launcher.report;

import java.util.List;
import java.util.stream.Collectors;

/** Ends a command with findings that a person can act on; never a bug of ours. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient List<Finding> findings;

  /**
   * @param exitCode one of {@link ExitCode}
   * @param findings at least one
   */
  public Refusal(int exitCode, List<Finding> findings) {
    super(findings.stream().map(Finding::text).collect(Collectors.joining(System.lineSeparator())));
    this.exitCode = exitCode;
    this.findings = List.copyOf(findings);
  }

  public static Refusal failed(String code, String where, String message, String next) {
    return new Refusal(ExitCode.FAILED, List.of(Finding.fail(code, where, message, next)));
  }

  public static Refusal refused(String code, String where, String message, String next) {
    return new Refusal(ExitCode.REFUSED, List.of(Finding.fail(code, where, message, next)));
  }

  public static Refusal usage(String message, String next) {
    return new Refusal(ExitCode.USAGE, List.of(Finding.fail("BG-USAGE-001", "", message, next)));
  }

  public static Refusal unreachable(String message, String next) {
    return new Refusal(
        ExitCode.UNREACHABLE, List.of(Finding.fail("BG-CONTROL-001", "", message, next)));
  }

  public int exitCode() {
    return exitCode;
  }

  public List<Finding> findings() {
    return findings;
  }
}
