package io.bellgate.itests.bridge;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.ExamSystem;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.OptionUtils;
import org.ops4j.pax.exam.TestAddress;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.options.SystemPropertyOption;
import org.ops4j.pax.exam.spi.DefaultExamReactor;
import org.ops4j.pax.exam.spi.DefaultExamSystem;
import org.ops4j.pax.exam.spi.ExamReactor;
import org.ops4j.pax.exam.spi.PaxExamRuntime;
import org.ops4j.pax.exam.spi.StagedExamReactor;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/**
 * The host's side: a framework with a probe bundle that holds the test classes. The configuration
 * of the test is all there is in it; nothing comes from a repository behind its back.
 */
final class HostedFramework {
  private static final String INVOKER = "pax.exam.invoker";

  private final Class<?> test;
  private final Map<String, TestAddress> addresses = new HashMap<>();
  private StagedExamReactor reactor;

  HostedFramework(Class<?> test) {
    this.test = test;
  }

  void start() throws IOException {
    ExamSystem system = DefaultExamSystem.create(new Option[0]);
    ExamReactor unstaged = new DefaultExamReactor(system, PaxExamRuntime.getTestContainerFactory());
    Option invoker = new SystemPropertyOption(INVOKER).value(JupiterInvokerFactory.DRIVER);
    unstaged.addConfiguration(OptionUtils.combine(configuration(), invoker));
    TestProbeBuilder probe = system.createProbe();
    Map<String, String> methods = new HashMap<>();
    for (Method method : annotated(Test.class)) {
      methods.put(probe.addTest(test, method.getName()).identifier(), method.getName());
    }
    unstaged.addProbe(probe);
    reactor = unstaged.stage(new PerClass());
    for (TestAddress address : reactor.getTargets()) {
      addresses.put(methods.get(address.root().identifier()), address);
    }
    reactor.beforeClass();
  }

  private Option[] configuration() {
    List<Method> methods = annotated(Configuration.class);
    if (methods.size() != 1) {
      throw new IllegalStateException(
          "a test in a framework has one static @Configuration method: class="
              + test.getName()
              + " methods="
              + methods.size());
    }
    return (Option[]) ReflectionSupport.invokeMethod(methods.get(0), null);
  }

  private List<Method> annotated(Class<? extends Annotation> annotation) {
    return AnnotationSupport.findAnnotatedMethods(
        test, annotation, HierarchyTraversalMode.BOTTOM_UP);
  }

  void run(String method) throws Exception {
    try {
      reactor.invoke(addresses.get(method));
    } catch (CancellationException e) {
      throw new TestAbortedException(e.getMessage());
    }
  }

  void stop() {
    if (reactor != null) {
      reactor.afterClass();
    }
  }
}
