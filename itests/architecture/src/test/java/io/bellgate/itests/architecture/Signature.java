package io.bellgate.itests.architecture;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What others compile against: every public and protected member of every exported type, with
 * record components, constants and what a sealed type permits, as text. One section per package,
 * whose first line names the package and its version.
 *
 * @param packages package name to its section
 */
record Signature(Map<String, Section> packages) {
  /**
   * One package.
   *
   * @param version as exported
   * @param lines its types and members
   */
  record Section(String version, List<String> lines) {}

  /** Of a built jar. */
  static Signature of(Unit unit) throws IOException {
    Map<String, Section> packages = new TreeMap<>();
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {unit.jar().toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (var exported : unit.header("Export-Package").entrySet()) {
        String folder = exported.getKey().replace('.', '/') + "/";
        List<String> lines = new ArrayList<>();
        for (String entry : unit.entries().stream().sorted().toList()) {
          if (entry.matches(folder + "[^/]+\\.class") && !entry.endsWith("package-info.class")) {
            Class<?> type =
                loader.loadClass(entry.replace('/', '.').substring(0, entry.length() - 6));
            if (isVisible(type)) {
              type(type, lines);
            }
          }
        }
        packages.put(exported.getKey(), new Section(exported.getValue().getVersion(), lines));
      }
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
    return new Signature(packages);
  }

  private static boolean isVisible(Class<?> type) {
    for (Class<?> t = type; t != null; t = t.getDeclaringClass()) {
      if (!isVisible(t.getModifiers())) {
        return false;
      }
    }
    return !type.isAnonymousClass() && !type.isLocalClass();
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void type(Class<?> type, List<String> lines) {
    lines.add(heading(type));
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        lines.add("  component " + name(component.getGenericType()) + " " + component.getName());
      }
    }
    Stream.of(type.getDeclaredFields())
        .filter(f -> isVisible(f.getModifiers()))
        .sorted(java.util.Comparator.comparing(Field::getName))
        .forEach(f -> lines.add("  " + field(f)));
    Stream.of(type.getDeclaredConstructors())
        .filter(c -> isVisible(c.getModifiers()))
        .map(c -> "  " + constructor(c))
        .sorted()
        .forEach(lines::add);
    Stream.of(type.getDeclaredMethods())
        .filter(m -> isVisible(m.getModifiers()) && !m.isSynthetic())
        .map(m -> "  " + method(m))
        .sorted()
        .forEach(lines::add);
  }

  private static String heading(Class<?> type) {
    String kind =
        type.isAnnotation()
            ? "annotation"
            : type.isInterface()
                ? "interface"
                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    int shown = type.getModifiers() & ~(Modifier.INTERFACE | Modifier.STATIC);
    if (type.isInterface()) {
      shown &= ~Modifier.ABSTRACT;
    }
    String text =
        Modifier.toString(shown)
            + (type.isSealed() ? " sealed" : "")
            + " "
            + kind
            + " "
            + type.getName()
            + parameters(type.getTypeParameters());
    if (type.getGenericSuperclass() != null && !type.isEnum() && !type.isRecord()) {
      text +=
          type.getSuperclass() == Object.class
              ? ""
              : " extends " + name(type.getGenericSuperclass());
    }
    text += list(" implements ", type.getGenericInterfaces());
    if (type.isSealed()) {
      text += list(" permits ", type.getPermittedSubclasses());
    }
    return text;
  }

  private static String field(Field field) {
    String text =
        Modifier.toString(field.getModifiers())
            + " "
            + name(field.getGenericType())
            + " "
            + field.getName();
    if (Modifier.isStatic(field.getModifiers())
        && Modifier.isFinal(field.getModifiers())
        && (field.getType().isPrimitive() || field.getType() == String.class)) {
      try {
        return text + " = " + field.get(null);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    return text;
  }

  private static String constructor(Constructor<?> constructor) {
    return Modifier.toString(constructor.getModifiers()) + " new" + tail(constructor);
  }

  private static String method(Method method) {
    int shown = method.getModifiers() & (Modifier.methodModifiers() & ~Modifier.SYNCHRONIZED);
    return Modifier.toString(shown)
        + (method.isDefault() ? " default " : " ")
        + parameters(method.getTypeParameters())
        + name(method.getGenericReturnType())
        + " "
        + method.getName()
        + tail(method);
  }

  private static String tail(Executable executable) {
    return Stream.of(executable.getGenericParameterTypes())
            .map(Signature::name)
            .collect(Collectors.joining(", ", "(", ")"))
        + list(" throws ", executable.getGenericExceptionTypes())
        + (isDeprecated(executable) ? " deprecated" : "");
  }

  private static boolean isDeprecated(AnnotatedElement element) {
    return element.isAnnotationPresent(Deprecated.class);
  }

  private static String parameters(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(v -> v.getName() + list(" extends ", bounds(v)))
            .collect(Collectors.joining(", ", "<", "> "));
  }

  private static Type[] bounds(TypeVariable<?> variable) {
    return Arrays.stream(variable.getBounds()).filter(b -> b != Object.class).toArray(Type[]::new);
  }

  private static String list(String before, Type[] types) {
    return types.length == 0
        ? ""
        : before
            + Arrays.stream(types).map(Signature::name).sorted().collect(Collectors.joining(", "));
  }

  private static String name(Type type) {
    return type.getTypeName().replace("java.lang.", "");
  }

  /** As it is kept in the repository. */
  String text() {
    StringBuilder text = new StringBuilder();
    packages.forEach(
        (name, section) -> {
          text.append("package ").append(name).append(' ').append(section.version()).append('\n');
          section.lines().forEach(line -> text.append(line).append('\n'));
          text.append('\n');
        });
    return text.toString();
  }

  /** From the text. */
  static Signature parse(String text) {
    Map<String, Section> packages = new LinkedHashMap<>();
    Section section = null;
    for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
      if (line.startsWith("package ")) {
        String[] words = line.split(" ");
        section = new Section(words[2], new ArrayList<>());
        packages.put(words[1], section);
      } else if (section != null) {
        section.lines().add(line);
      }
    }
    return new Signature(packages);
  }

  /** What changed since, one line each with {@code -} or {@code +}; empty if nothing did. */
  List<String> changesSince(Signature before) {
    List<String> changes = new ArrayList<>();
    var names = new java.util.TreeSet<>(packages.keySet());
    names.addAll(before.packages.keySet());
    Section none = new Section("none", List.of());
    for (String name : names) {
      Section was = before.packages.getOrDefault(name, none);
      Section is = packages.getOrDefault(name, none);
      if (!was.equals(is)) {
        changes.add("package " + name + " " + was.version() + " -> " + is.version());
        List<String> old = qualified(was);
        List<String> fresh = qualified(is);
        old.stream().filter(l -> !fresh.contains(l)).forEach(l -> changes.add("- " + l));
        fresh.stream().filter(l -> !old.contains(l)).forEach(l -> changes.add("+ " + l));
      }
    }
    return changes;
  }

  /** Members with the type they belong to. */
  private static List<String> qualified(Section section) {
    List<String> all = new ArrayList<>();
    String type = "";
    for (String line : section.lines()) {
      if (line.startsWith("  ")) {
        all.add(type + ": " + line.strip());
      } else {
        all.add(line);
        type = line.replaceFirst(".*?(interface|class|record|enum|annotation) (\\S+).*", "$2");
      }
    }
    return all;
  }

  /** Packages that say something else under the same version. */
  List<String> changedUnderOneVersion(Signature before) {
    return packages.entrySet().stream()
        .filter(e -> before.packages.containsKey(e.getKey()))
        .filter(
            e -> {
              Section was = before.packages.get(e.getKey());
              return was.version().equals(e.getValue().version())
                  && !was.lines().equals(e.getValue().lines());
            })
        .map(Map.Entry::getKey)
        .toList();
  }
}
