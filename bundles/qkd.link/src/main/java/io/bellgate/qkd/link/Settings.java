package io.bellgate.qkd.link;

import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.link.distill.Budget;
import java.time.Duration;
import java.util.Locale;

/**
 * The configuration, checked.
 *
 * @param site this end
 * @param peer the other end
 * @param role of this end
 * @param proposal the block that this end runs
 * @param targetOctets enough key in the pool
 * @param rest after a good block
 * @param retry after a bad one, the first time
 * @param patience within a block
 */
record Settings(
    String site,
    String peer,
    Role role,
    Proposal proposal,
    long targetOctets,
    Duration rest,
    Duration retry,
    Duration patience) {

  /**
   * Reads and checks.
   *
   * @param gatewaySite where the configuration names no site
   * @throws IllegalArgumentException if a value is out of range
   */
  static Settings of(Configuration c, String gatewaySite) {
    String site = c.site().isEmpty() ? gatewaySite : c.site();
    if (c.peer().isEmpty() || c.peer().equals(site)) {
      throw new IllegalArgumentException(
          "BG-LINK-010 a link has a peer that is another site: site=" + site + " peer=" + c.peer());
    }
    if (!c.role().equals("alice") && !c.role().equals("bob")) {
      throw new IllegalArgumentException("BG-LINK-011 a role is alice or bob: role=" + c.role());
    }
    if (!(c.qber_expected() > 0
        && c.qber_expected() <= c.qber_tolerance()
        && c.reconciliation_efficiency() >= 1)) {
      throw new IllegalArgumentException(
          "BG-LINK-012 0 < qber.expected <= qber.tolerance and reconciliation.efficiency >= 1:"
              + " qber.expected="
              + c.qber_expected()
              + " qber.tolerance="
              + c.qber_tolerance()
              + " reconciliation.efficiency="
              + c.reconciliation_efficiency());
    }
    Plan plan =
        new Plan(
            c.pulses(),
            c.key_basis_probability(),
            c.key_bits(),
            c.test_bits(),
            c.qber_tolerance(),
            c.epsilon_secrecy());
    Budget budget = Budget.of(plan, c.qber_expected(), c.reconciliation_efficiency());
    return new Settings(
        site,
        c.peer(),
        Role.valueOf(c.role().toUpperCase(Locale.ROOT)),
        new Proposal(Proposal.Kind.BLOCK, c.protocol(), c.reconciler(), plan, budget),
        c.target_octets(),
        Duration.ofSeconds(c.rest_seconds()),
        Duration.ofSeconds(c.retry_seconds()),
        Duration.ofSeconds(c.patience_seconds()));
  }
}
