package io.bellgate.keys.pqc.registry;

import io.bellgate.api.crypto.Algorithm.Primitive;
import io.bellgate.api.crypto.Algorithm.Status;
import java.util.List;

/**
 * One algorithm of the catalogue.
 *
 * @param name the standard's
 * @param codePoint standard ones
 * @param primitive what it is
 * @param nistLevel category against quantum computers, 0 to 5
 * @param normally its status if nothing is configured
 * @param service type and name in JCA
 * @param trial how to test it; null for one that is put together from parts
 * @param sources of providers, the one that is best by {@code docs/pqc.md} first
 * @param parts entries that it is put together from; it is as good as all of them
 */
record Entry(
    String name,
    String codePoint,
    Primitive primitive,
    int nistLevel,
    Status normally,
    String service,
    Trial trial,
    List<Source> sources,
    List<String> parts) {

  static Entry single(
      String name,
      String codePoint,
      Primitive primitive,
      int nistLevel,
      String service,
      Trial trial,
      Source... sources) {
    return new Entry(
        name,
        codePoint,
        primitive,
        nistLevel,
        Status.ACTIVE,
        service,
        trial,
        List.of(sources),
        List.of());
  }

  static Entry joined(String name, String codePoint, int nistLevel, String... parts) {
    return new Entry(
        name,
        codePoint,
        Primitive.KEM,
        nistLevel,
        Status.ACTIVE,
        "",
        null,
        List.of(),
        List.of(parts));
  }

  Entry normally(Status status) {
    return new Entry(name, codePoint, primitive, nistLevel, status, service, trial, sources, parts);
  }
}
