package io.bellgate.itests.bridge;

import org.ops4j.pax.exam.ProbeInvoker;
import org.ops4j.pax.exam.ProbeInvokerFactory;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Component;

/** What Pax Exam's extender asks for, in the framework, to run the tests of a probe bundle. */
@Component(property = "driver=" + JupiterInvokerFactory.DRIVER)
public final class JupiterInvokerFactory implements ProbeInvokerFactory {
  static final String DRIVER = "jupiter";

  /** For the component runtime. */
  public JupiterInvokerFactory() {}

  @Override
  public ProbeInvoker createProbeInvoker(Object context, String expression) {
    String[] parts = expression.split(";", -1);
    return new JupiterInvoker(((BundleContext) context).getBundle(), parts[0], parts[1]);
  }
}
