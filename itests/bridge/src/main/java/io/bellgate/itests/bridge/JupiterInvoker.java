package io.bellgate.itests.bridge;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.ops4j.pax.exam.ProbeInvoker;
import org.osgi.framework.Bundle;

/**
 * Runs one test method with the Jupiter engine, in the framework. Nothing is looked up through
 * {@link java.util.ServiceLoader}, which does not see across bundles.
 */
final class JupiterInvoker implements ProbeInvoker {
  private final Bundle probe;
  private final String test;
  private final String method;

  JupiterInvoker(Bundle probe, String test, String method) {
    this.probe = probe;
    this.test = test;
    this.method = method;
  }

  @Override
  public void call(Object... arguments) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      Class<?> loaded = probe.loadClass(test);
      thread.setContextClassLoader(JupiterTestEngine.class.getClassLoader());
      run(
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectMethod(loaded, method))
              .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
              .build());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("the probe does not hold the test: class=" + test, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private void run(LauncherDiscoveryRequest request) {
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestEngineAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestEngines(new JupiterTestEngine())
            .build();
    Outcome outcome = new Outcome();
    LauncherFactory.create(config).execute(request, outcome);
    outcome.report(test + "." + method);
  }

  /**
   * What became of one method. A test that was aborted or skipped is thrown as a {@link
   * CancellationException}, whose class is the same on the host.
   */
  private static final class Outcome implements TestExecutionListener {
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicReference<String> aborted = new AtomicReference<>();

    @Override
    public void executionSkipped(TestIdentifier identifier, String reason) {
      aborted.compareAndSet(null, reason);
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
      if (identifier.isTest()) {
        finished.incrementAndGet();
      }
      switch (result.getStatus()) {
        case FAILED -> failure.compareAndSet(null, result.getThrowable().orElseThrow());
        case ABORTED ->
            aborted.compareAndSet(
                null, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        case SUCCESSFUL -> {}
      }
    }

    void report(String name) {
      if (failure.get() != null) {
        throw new FailedInFramework(failure.get());
      }
      if (aborted.get() != null) {
        throw new CancellationException(aborted.get());
      }
      if (finished.get() != 1) {
        throw new AssertionError(
            "one method runs once: method=" + name + " runs=" + finished.get());
      }
    }
  }
}
