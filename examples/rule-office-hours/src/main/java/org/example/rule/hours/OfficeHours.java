package org.example.rule.hours;

import io.bellgate.api.message.Flow;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Protection;
import io.bellgate.api.policy.RoutingRule;
import io.bellgate.api.policy.Snapshot;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Outside office hours, sends with the lowest priority; in office hours, leaves it to the rules
 * below. A pure function of flow and time: the same in every gateway that is configured alike.
 */
@Component(
    configurationPid = "org.example.rule.hours",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = RoutingRule.NAME + "=office-hours")
@Designate(ocd = OfficeHours.Settings.class)
public final class OfficeHours implements RoutingRule {
  /** The configuration. */
  @ObjectClassDefinition(name = "Office hours")
  public @interface Settings {
    @AttributeDefinition(description = "Site that delivers what is sent outside office hours")
    String destination();

    @AttributeDefinition(description = "Sink at that site")
    String sink() default "file";

    @AttributeDefinition(description = "Time zone, for example Europe/Paris")
    String zone() default "UTC";

    @AttributeDefinition(
        name = "open.hour",
        description = "First hour of the day",
        min = "0",
        max = "23")
    int open_hour() default 8;

    @AttributeDefinition(
        name = "close.hour",
        description = "First hour after the day",
        min = "1",
        max = "24")
    int close_hour() default 18;
  }

  private static final int LAST = 9;

  private final ZoneId zone;
  private final int openHour;
  private final int closeHour;
  private final Decision.Send later;

  /** For the component runtime. */
  @Activate
  public OfficeHours(Settings settings) {
    this(
        ZoneId.of(settings.zone()),
        settings.open_hour(),
        settings.close_hour(),
        settings.destination(),
        settings.sink());
  }

  OfficeHours(ZoneId zone, int openHour, int closeHour, String destination, String sink) {
    if (openHour >= closeHour) {
      throw new IllegalArgumentException(
          "an office opens before it closes: open.hour=" + openHour + " close.hour=" + closeHour);
    }
    this.zone = zone;
    this.openHour = openHour;
    this.closeHour = closeHour;
    this.later =
        new Decision.Send(
            "office-hours",
            destination,
            sink,
            List.of(Protection.PQC),
            Decision.Otherwise.HOLD,
            LAST);
  }

  @Override
  public Optional<Decision> decide(Flow flow, Snapshot state, Instant time) {
    return isOpen(time.atZone(zone)) ? Optional.empty() : Optional.of(later);
  }

  private boolean isOpen(ZonedDateTime now) {
    boolean weekend =
        now.getDayOfWeek() == DayOfWeek.SATURDAY || now.getDayOfWeek() == DayOfWeek.SUNDAY;
    return !weekend && now.getHour() >= openHour && now.getHour() < closeHour;
  }
}
