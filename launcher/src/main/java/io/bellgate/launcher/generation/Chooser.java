package io.bellgate.launcher.generation;

import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Decides, before the framework starts, which generation runs. */
public final class Chooser {
  private static final System.Logger LOG = System.getLogger(Chooser.class.getName());

  private final GenerationFolder folder;
  private final JarStore jars;
  private final Clock clock;

  /**
   * @param clock for the date in a new generation only
   */
  public Chooser(GenerationFolder folder, JarStore jars, Clock clock) {
    this.folder = folder;
    this.jars = jars;
    this.clock = clock;
  }

  /**
   * Recovers, falls back if the current generation failed three times, and makes a new one if
   * features or settings changed.
   *
   * @return the generation to start, its jars checked, {@code current} pointing to it
   * @throws Refusal if its jars are not what they must be
   */
  public Generation choose(Inputs inputs) throws IOException {
    Optional<Generation> recovered = recover();
    Generation chosen;
    if (recovered.isEmpty()) {
      chosen = create(0, "first start", inputs, fresh(inputs.composition()));
    } else {
      chosen = adapt(fallBack(recovered.get()), inputs);
    }
    jars.verify(chosen);
    folder.prune(chosen);
    List<Generation> kept = new ArrayList<>();
    for (int number : folder.numbers()) {
      folder.read(number).ifPresent(kept::add);
    }
    jars.collect(kept);
    return chosen;
  }

  private Optional<Generation> recover() throws IOException {
    OptionalInt current = folder.current();
    if (current.isPresent()) {
      folder.clean(current.getAsInt());
      Optional<Generation> generation = folder.read(current.getAsInt());
      if (generation.isPresent()) {
        return generation;
      }
      LOG.log(Level.ERROR, "the current generation is damaged: generation=" + current.getAsInt());
    }
    List<Integer> numbers = folder.numbers();
    for (int i = numbers.size() - 1; i >= 0; i--) {
      Optional<Generation> generation = folder.read(numbers.get(i));
      if (generation.isPresent() && folder.failure(numbers.get(i)).isEmpty()) {
        folder.setCurrent(numbers.get(i));
        LOG.log(Level.WARNING, "recovered to an earlier generation: generation=" + numbers.get(i));
        return generation;
      }
    }
    return Optional.empty();
  }

  private Generation fallBack(Generation current) throws IOException {
    int starts = folder.starts(current.number());
    if (starts < GenerationFolder.FAILED_STARTS) {
      return current;
    }
    Optional<Generation> parent = folder.read(current.parent()).filter(this::usable);
    if (parent.isEmpty()) {
      LOG.log(
          Level.ERROR,
          "generation "
              + current.number()
              + " failed to start "
              + starts
              + " times and has no usable parent; trying again");
      return current;
    }
    String reason = "failed to start " + starts + " times";
    folder.markFailed(current.number(), reason);
    folder.setStarts(parent.get().number(), 0);
    folder.setCurrent(parent.get().number());
    LOG.log(
        Level.ERROR,
        "FALLING BACK from generation "
            + current.number()
            + " ("
            + reason
            + ") to generation "
            + parent.get().number()
            + "; see bellgate status and the log");
    return parent.get();
  }

  private boolean usable(Generation generation) {
    try {
      jars.verify(generation);
      return folder.failure(generation.number()).isEmpty();
    } catch (Refusal | IOException e) {
      LOG.log(Level.ERROR, "the parent cannot be used: " + e.getMessage());
      return false;
    }
  }

  private Generation adapt(Generation current, Inputs inputs) throws IOException {
    String features = inputs.composition().digest();
    String settings = inputs.settingsDigest();
    boolean sameFeatures = features.equals(current.featuresDigest());
    if (sameFeatures && settings.equals(current.settingsDigest())) {
      return current;
    }
    List<Generation.InstalledBundle> bundles =
        sameFeatures ? current.bundles() : fresh(inputs.composition());
    OptionalInt failed = failed(features, settings, bundles);
    if (failed.isPresent()) {
      LOG.log(
          Level.WARNING,
          "staying at generation "
              + current.number()
              + ": the present features and configuration already failed as generation "
              + failed.getAsInt()
              + "; change them to try again");
      return current;
    }
    if (sameFeatures) {
      return create(current.number(), "configuration changed", inputs, bundles);
    }
    for (Generation.InstalledBundle bundle : current.bundles()) {
      if (bundle.swapped()) {
        LOG.log(
            Level.WARNING,
            "the program's features changed; the swapped bundle is dropped: bundle="
                + bundle.symbolicName()
                + " version="
                + bundle.version());
      }
    }
    return create(current.number(), "features changed", inputs, bundles);
  }

  /** The generation that was the same and failed: one with another swapped bundle says nothing. */
  private OptionalInt failed(
      String features, String settings, List<Generation.InstalledBundle> bundles)
      throws IOException {
    for (int number : folder.numbers()) {
      Optional<Generation> other = folder.read(number);
      if (folder.failure(number).isPresent()
          && other.isPresent()
          && other.get().featuresDigest().equals(features)
          && other.get().settingsDigest().equals(settings)
          && jars(other.get().bundles()).equals(jars(bundles))) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }

  private static List<String> jars(List<Generation.InstalledBundle> bundles) {
    return bundles.stream().map(b -> b.symbolicName() + " " + b.sha256()).sorted().toList();
  }

  private List<Generation.InstalledBundle> fresh(Composition composition) throws IOException {
    List<Generation.InstalledBundle> out = new ArrayList<>();
    for (Composition.Part part : composition.bundles()) {
      out.add(
          new Generation.InstalledBundle(
              part.jar().symbolicName(),
              part.jar().version(),
              part.sha256(),
              jars.keep(part.jar().file(), part.sha256()),
              part.startOrder(),
              false));
    }
    return out;
  }

  private Generation create(
      int parent, String reason, Inputs inputs, List<Generation.InstalledBundle> bundles)
      throws IOException {
    Generation generation =
        new Generation(
            folder.free(),
            parent,
            clock.instant().toString(),
            reason,
            inputs.composition().features(),
            inputs.composition().digest(),
            inputs.settingsDigest(),
            bundles,
            inputs.configuration(),
            inputs.framework(),
            inputs.sockets());
    folder.stage(generation);
    folder.commit(generation.number());
    LOG.log(Level.INFO, "made generation " + generation.number() + ": " + reason);
    return generation;
  }
}
