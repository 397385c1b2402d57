package io.bellgate.policy.rules;

import io.bellgate.api.policy.Decision;
import org.osgi.framework.Filter;

/**
 * One rule of a rule set: a filter and what follows if it matches, or the place where a plug-in is
 * asked.
 *
 * @param name unique in its rule set
 * @param filter matched against the typed attributes; never null
 * @param outcome the decision; null for a plug-in
 * @param plugin the {@code rule} property of the plug-in to ask; empty if there is none
 */
record Rule(String name, Filter filter, Decision outcome, String plugin) {}
