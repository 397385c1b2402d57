package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What goes wrong in a framework is seen outside, with its text and trace. */
class BridgeFailureIT {
  @Test
  void tellsHowEachTestEnded() {
    Map<String, TestExecutionResult> results = new TreeMap<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(FailingInFramework.class))
            .build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  results.put(test.getDisplayName(), result);
                }
              }
            });
    assertEquals(TestExecutionResult.Status.SUCCESSFUL, results.get("succeeds()").getStatus());
    assertEquals(TestExecutionResult.Status.ABORTED, results.get("isAborted()").getStatus());
    assertEquals(TestExecutionResult.Status.FAILED, results.get("fails()").getStatus());
    Throwable failure = results.get("fails()").getThrowable().orElseThrow();
    assertTrue(failure.getMessage().contains("seen on the host"), failure.getMessage());
    assertTrue(
        java.util.Arrays.stream(failure.getStackTrace())
            .anyMatch(e -> e.getClassName().equals(FailingInFramework.class.getName())));
  }
}
