package io.bellgate.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check fails on a jar that breaks its rule: a check that cannot fail says nothing. */
class WrongJarTest {
  @TempDir Path scratch;

  private WrongJar jar(String name) throws IOException {
    return new WrongJar(scratch, name);
  }

  private static String service(String... types) {
    return "osgi.service;objectClass:List<String>=\"" + String.join(",", types) + "\"";
  }

  private static String need(String type) {
    return "osgi.service;effective:=active;filter:=\"(objectClass=" + type + ")\"";
  }

  @Test
  void importOfAnotherBundle() throws Exception {
    Unit unit =
        jar("coap.bad")
            .header("Import-Package", "io.bellgate.api.bits,io.bellgate.keys.pool,java.util")
            .build();
    assertEquals(
        List.of("coap.bad imports io.bellgate.keys.pool"), Checks.importsOnlyApi(List.of(unit)));
  }

  @Test
  void requireBundle() throws Exception {
    Unit unit = jar("coap.bad").header("Require-Bundle", "io.bellgate.keys.pool").build();
    assertEquals(
        List.of("coap.bad has the header Require-Bundle"), Checks.importsOnlyApi(List.of(unit)));
  }

  @Test
  void exportOfAProvider() throws Exception {
    Unit unit = jar("keys.bad").header("Export-Package", "io.bellgate.keys.bad").build();
    assertEquals(
        List.of("keys.bad exports io.bellgate.keys.bad"), Checks.exportNothing(List.of(unit)));
  }

  @Test
  void activatorAndForeignClass() throws Exception {
    Unit unit =
        jar("keys.bad")
            .header("Bundle-Activator", "io.bellgate.keys.bad.Start")
            .type("org.example.Embedded", "")
            .build();
    assertEquals(
        List.of("keys.bad has an activator", "keys.bad holds org/example/Embedded.class"),
        Checks.holdOnlyTheirOwn(List.of(unit)));
  }

  @Test
  void otherNames() throws Exception {
    Unit unit =
        jar("keys.bad")
            .header("Bundle-SymbolicName", "io.bellgate.keys.worse;singleton:=true")
            .type("io.bellgate.keys.worst.Pool", "")
            .type("io.bellgate.journal.Shared", "")
            .build();
    assertEquals(
        List.of(
            "keys.bad has the symbolic name io.bellgate.keys.worse",
            "keys.bad holds the package io.bellgate.keys.worst"),
        Checks.haveOneName(List.of(unit)));
  }

  @Test
  void packageCycle() throws Exception {
    Unit unit =
        jar("x")
            .type("io.bellgate.x.a.A", "io.bellgate.x.b.B b;")
            .type("io.bellgate.x.b.B", "io.bellgate.x.c.C[] c;")
            .type("io.bellgate.x.c.C", "Object o = new io.bellgate.x.a.A();")
            .build();
    assertEquals(
        List.of("x: io.bellgate.x.a -> io.bellgate.x.b -> io.bellgate.x.c -> io.bellgate.x.a"),
        Checks.packagesFormNoCycle(List.of(unit)));
  }

  @Test
  void names() throws Exception {
    Unit unit =
        jar("x.core")
            .type("io.bellgate.x.core.PoolImpl", "")
            .type("io.bellgate.x.core.DefaultPool", "static class KeyInfo {}")
            .type("io.bellgate.x.core.AbstractPool", "")
            .type("io.bellgate.x.core.BasePool", "")
            .type("io.bellgate.x.core.PoolManager", "")
            .type("io.bellgate.x.core.PoolHelper", "")
            .type("io.bellgate.x.core.PoolUtil", "")
            .type("io.bellgate.x.core.FrameProcessor", "")
            .type("io.bellgate.x.core.KeyData", "")
            .type("io.bellgate.x.core.Database", "")
            .type("io.bellgate.x.core.Information", "")
            .build();
    assertEquals(
        List.of(
            "class io.bellgate.x.core.AbstractPool",
            "class io.bellgate.x.core.BasePool",
            "class io.bellgate.x.core.DefaultPool",
            "class io.bellgate.x.core.DefaultPool$KeyInfo",
            "class io.bellgate.x.core.FrameProcessor",
            "class io.bellgate.x.core.KeyData",
            "class io.bellgate.x.core.PoolHelper",
            "class io.bellgate.x.core.PoolImpl",
            "class io.bellgate.x.core.PoolManager",
            "class io.bellgate.x.core.PoolUtil",
            "folder x.core",
            "package io.bellgate.x.core"),
        Checks.bannedNames(List.of(unit)));
  }

  @Test
  void circleOfNeeds() throws Exception {
    Unit a =
        jar("a")
            .header("Provide-Capability", service("io.bellgate.api.A", "io.bellgate.api.Also"))
            .header("Require-Capability", need("io.bellgate.api.B"))
            .build();
    Unit b =
        jar("b")
            .header("Provide-Capability", service("io.bellgate.api.B"))
            .header("Require-Capability", need("io.bellgate.api.C") + ",osgi.ee;filter:=\"(x=y)\"")
            .build();
    Unit c =
        jar("c")
            .header("Provide-Capability", service("io.bellgate.api.C"))
            .header("Require-Capability", need("io.bellgate.api.Also"))
            .build();
    assertEquals(List.of("a -> b -> c -> a"), Checks.needsFormNoCycle(List.of(a, b, c)));
    Unit relaxed =
        jar("d")
            .header("Provide-Capability", service("io.bellgate.api.C"))
            .header("Require-Capability", need("io.bellgate.api.Also") + ";resolution:=optional")
            .build();
    assertEquals(List.of(), Checks.needsFormNoCycle(List.of(a, b, relaxed)));
  }

  @Test
  void mandatoryAndStaticReferences() throws Exception {
    String reference =
        """
        <reference name="a" interface="io.bellgate.api.keys.KeyPool" policy="dynamic"/>
        <reference name="b" interface="io.bellgate.api.peer.PeerLink" cardinality="0..1"/>
        <reference name="c" interface="io.bellgate.api.policy.Policy" cardinality="0..1" policy="dynamic"/>
        <reference name="d" interface="java.util.function.Function"/>
        <reference name="e" interface="io.bellgate.keys.bad.Own"/>
        """;
    Unit unit = jar("keys.bad").component(reference).build();
    assertEquals(
        List.of(
            "io.bellgate.keys.bad.Wrong refers to io.bellgate.api.keys.KeyPool mandatory",
            "io.bellgate.keys.bad.Wrong refers to io.bellgate.api.peer.PeerLink static"),
        Checks.swappableReferencesAreOptionalAndDynamic(List.of(unit)));
  }

  @Test
  void undeclaredNeed() throws Exception {
    String reference =
        """
        <reference name="a" interface="io.bellgate.api.keys.KeyPool" cardinality="0..1" policy="dynamic"/>
        <reference name="b" interface="io.bellgate.api.ops.Depot" cardinality="0..1" policy="dynamic"/>
        <reference name="c" interface="io.bellgate.api.policy.RoutingRule" cardinality="0..n" policy="dynamic"/>
        """;
    WrongJar bad = jar("keys.bad").component(reference);
    assertEquals(
        List.of(
            "io.bellgate.keys.bad.Wrong does not declare that it needs"
                + " io.bellgate.api.keys.KeyPool"),
        Checks.needsAreDeclared(List.of(bad.build())));
    bad.header(
        "Require-Capability", need("io.bellgate.api.keys.KeyPool") + ";resolution:=optional");
    assertEquals(1, Checks.needsAreDeclared(List.of(bad.build())).size(), "optional is no need");
    bad.header("Require-Capability", need("io.bellgate.api.keys.KeyPool"));
    assertEquals(List.of(), Checks.needsAreDeclared(List.of(bad.build())));
  }

  @Test
  void undocumentedArrow() throws Exception {
    Unit unit =
        jar("x")
            .type("io.bellgate.x.A", "io.bellgate.x.b.B b;")
            .type("io.bellgate.x.b.B", "")
            .build();
    var other = Arrows.parse("```arrows\nx.b -> x\n```\nx -> x.b\n");
    assertEquals(
        List.of("io.bellgate.x -> io.bellgate.x.b"),
        Checks.undocumentedArrows(List.of(unit), other));
    var right = Arrows.parse("```arrows\nx -> x.b x.c\n```\n");
    assertEquals(List.of(), Checks.undocumentedArrows(List.of(unit), right));
  }

  @Test
  void otherTimeAndBuilder() throws Exception {
    Unit unit =
        jar("x")
            .header("Bnd-LastModified", "1")
            .header("Created-By", System.getProperty("java.version") + " (Somebody)")
            .type("io.bellgate.x.A", "")
            .build();
    List<String> findings =
        Checks.notReproducible(List.of(unit), LocalDateTime.parse("2026-01-01T00:00:00"));
    assertEquals("x has the header Bnd-LastModified", findings.get(0));
    assertTrue(findings.get(1).startsWith("x was created by "), findings.toString());
    assertEquals(3, findings.size(), findings.toString());
  }

  @Test
  void wayBackOnlyThroughAnother() {
    assertEquals(
        List.of("b -> c -> b"),
        Cycle.in(
            new java.util.TreeMap<>(
                Map.of("a", List.of("b"), "b", List.of("c"), "c", List.of("b")))));
    assertEquals(
        List.of(),
        Cycle.in(
            new java.util.TreeMap<>(
                Map.of("a", List.of("b", "c"), "b", List.of("c"), "c", List.of()))));
  }
}
