package io.bellgate.itests.architecture;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** A tiny jar that breaks a rule, made from source text. */
final class WrongJar {
  private final Path folder;
  private final String name;
  private final Manifest manifest = new Manifest();
  private final List<Path> sources = new ArrayList<>();

  /** In a scratch folder; named as a bundle of ours would be. */
  WrongJar(Path scratch, String name) throws IOException {
    this.folder = Files.createDirectories(scratch.resolve(name));
    this.name = name;
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    header("Bundle-SymbolicName", Unit.OURS + name);
    Files.createDirectories(folder.resolve("classes"));
  }

  WrongJar header(String header, String value) {
    manifest.getMainAttributes().put(new Attributes.Name(header), value);
    return this;
  }

  /** One empty type, or one with a body. */
  WrongJar type(String qualified, String body) throws IOException {
    int dot = qualified.lastIndexOf('.');
    Path file = folder.resolve("src/" + qualified.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "package "
            + qualified.substring(0, dot)
            + "; public class "
            + qualified.substring(dot + 1)
            + " {"
            + body
            + "}");
    sources.add(file);
    return this;
  }

  /** A component with one reference. */
  WrongJar component(String reference) throws IOException {
    Path file = folder.resolve("classes/OSGI-INF/" + name + ".xml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file, "<component name=\"" + Unit.OURS + name + ".Wrong\">" + reference + "</component>");
    return header("Service-Component", "OSGI-INF/" + name + ".xml");
  }

  Unit build() throws IOException {
    compile();
    Path jar = folder.resolve("wrong.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> all = Files.walk(folder.resolve("classes"))) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        String entry = folder.resolve("classes").relativize(path).toString().replace('\\', '/');
        out.putNextEntry(new JarEntry(entry));
        out.write(Files.readAllBytes(path));
      }
    }
    return new Unit(name, jar);
  }

  private void compile() throws IOException {
    if (sources.isEmpty()) {
      return;
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder.resolve("classes")));
      var units = files.getJavaFileObjectsFromPaths(sources);
      if (!compiler.getTask(said, files, null, List.of("-proc:none"), null, units).call()) {
        throw new IOException(said.toString());
      }
    }
  }
}
