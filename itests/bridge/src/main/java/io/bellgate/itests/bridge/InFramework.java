package io.bellgate.itests.bridge;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.ops4j.pax.exam.util.Injector;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/**
 * Makes the test methods of a class run inside a framework. The class has one static method with
 * Pax Exam's {@code @Configuration} that says what is in the framework; one framework serves the
 * whole class.
 *
 * <p>The same extension works on both sides. On the host it skips every method body and asks the
 * framework to run that method; in the framework it injects fields marked {@code @Inject} and lets
 * the body run. Each method is a run of its own there, so {@code @BeforeAll} comes before each.
 * Only plain {@code @Test} methods are carried over: parameterized, nested and dynamic tests are
 * refused.
 */
public final class InFramework
    implements BeforeAllCallback,
        AfterAllCallback,
        TestInstancePostProcessor,
        InvocationInterceptor {
  private static final Namespace NAMESPACE = Namespace.create(InFramework.class);

  /** For JUnit. */
  public InFramework() {}

  private static boolean inside(Class<?> test) {
    return FrameworkUtil.getBundle(test) != null;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Class<?> test = context.getRequiredTestClass();
    if (!inside(test)) {
      HostedFramework framework = new HostedFramework(test);
      context.getStore(NAMESPACE).put(HostedFramework.class, framework);
      framework.start();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    HostedFramework framework =
        context.getStore(NAMESPACE).remove(HostedFramework.class, HostedFramework.class);
    if (framework != null) {
      framework.stop();
    }
  }

  @Override
  public void postProcessTestInstance(Object test, ExtensionContext context) {
    Bundle probe = FrameworkUtil.getBundle(test.getClass());
    if (probe == null) {
      return;
    }
    BundleContext bundles = probe.getBundleContext();
    ServiceReference<Injector> injector = bundles.getServiceReference(Injector.class);
    if (injector == null) {
      throw new IllegalStateException("pax-exam-inject is not in the framework");
    }
    bundles.getService(injector).injectFields(test);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    if (inside(context.getRequiredTestClass())) {
      invocation.proceed();
      return;
    }
    invocation.skip();
    context
        .getStore(NAMESPACE)
        .get(HostedFramework.class, HostedFramework.class)
        .run(method.getExecutable().getName());
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context) {
    invocation.skip();
    throw new UnsupportedOperationException(
        "only plain @Test methods run in a framework: method=" + method.getExecutable());
  }

  @Override
  public void interceptBeforeAllMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    onlyInside(invocation, context);
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    onlyInside(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    onlyInside(invocation, context);
  }

  @Override
  public void interceptAfterAllMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    onlyInside(invocation, context);
  }

  private static void onlyInside(Invocation<Void> invocation, ExtensionContext context)
      throws Throwable {
    if (inside(context.getRequiredTestClass())) {
      invocation.proceed();
    } else {
      invocation.skip();
    }
  }
}
