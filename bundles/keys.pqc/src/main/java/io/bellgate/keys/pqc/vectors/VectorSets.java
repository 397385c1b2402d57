package io.bellgate.keys.pqc.vectors;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The sets that are known here, by the name of their file. Stateless. */
public final class VectorSets {
  private VectorSets() {}

  /**
   * What came of one set.
   *
   * @param file its name, without .json
   * @param tally empty if the folder has no such file
   */
  public record Result(String file, Optional<Tally> tally) {}

  private record Known(String file, BiConsumer<JsonStructure, Tally> check) {}

  private static List<Known> known(AlgorithmRegistry registry) {
    List<Known> all = new ArrayList<>();
    for (int set : new int[] {512, 768, 1024}) {
      all.add(
          new Known(
              "wycheproof_mlkem_" + set + "_test",
              (f, t) -> MlKemVectors.decapsulation(f.asJsonObject(), t)));
    }
    all.add(
        new Known(
            "wycheproof_mlkem_768_encaps_test",
            (f, t) -> MlKemVectors.encapsulation(f.asJsonObject(), t)));
    all.add(
        new Known(
            "wycheproof_mlkem_768_keygen_seed_test",
            (f, t) -> MlKemVectors.generation(f.asJsonObject(), t)));
    all.add(
        new Known(
            "wycheproof_mlkem_768_semi_expanded_decaps_test",
            (f, t) -> MlKemVectors.expanded(f.asJsonObject(), t)));
    all.add(new Known("cctv_mlkem", (f, t) -> MlKemVectors.cctv(f.asJsonObject(), t)));
    all.add(
        new Known(
            "cctv_mlkem768_modulus_invalid_ek",
            (f, t) -> MlKemVectors.modulus(f.asJsonObject(), t)));
    all.add(new Known("acvp_mlkem", (f, t) -> MlKemVectors.acvp(f.asJsonObject(), t)));
    for (int set : new int[] {65, 87}) {
      all.add(
          new Known(
              "wycheproof_mldsa_" + set + "_verify_test",
              (f, t) -> SignatureVectors.verification(f.asJsonObject(), t)));
    }
    all.add(
        new Known(
            "wycheproof_mldsa_65_sign_seed_test",
            (f, t) -> SignatureVectors.signing(f.asJsonObject(), t)));
    all.add(new Known("acvp_mldsa", (f, t) -> SignatureVectors.mlDsaAcvp(f.asJsonObject(), t)));
    all.add(new Known("acvp_slhdsa", (f, t) -> SignatureVectors.slhDsaAcvp(f.asJsonObject(), t)));
    all.add(new Known("rfc8554_lms", (f, t) -> SignatureVectors.lms(f.asJsonObject(), t)));
    all.add(
        new Known(
            "lamps_composite_mldsa",
            (f, t) -> SignatureVectors.pureOfComposites(f.asJsonObject(), t)));
    all.addAll(byRegistry(registry));
    return all;
  }

  private static List<Known> byRegistry(AlgorithmRegistry registry) {
    Provider hkdf256 = provider(registry, "HKDF-SHA-256");
    Provider hkdf384 = provider(registry, "HKDF-SHA-384");
    Provider xWing = provider(registry, "X-Wing");
    return List.of(
        new Known(
            "wycheproof_x25519_test",
            (f, t) -> ClassicalVectors.x25519(f.asJsonObject(), provider(registry, "X25519"), t)),
        new Known(
            "wycheproof_ed25519_test",
            (f, t) -> ClassicalVectors.ed25519(f.asJsonObject(), provider(registry, "Ed25519"), t)),
        new Known(
            "wycheproof_aes_gcm_test",
            (f, t) -> ClassicalVectors.gcm(f.asJsonObject(), provider(registry, "AES-256-GCM"), t)),
        new Known(
            "wycheproof_hkdf_sha256_test",
            (f, t) -> ClassicalVectors.hkdf(f.asJsonObject(), hkdf256, t)),
        new Known(
            "wycheproof_hkdf_sha384_test",
            (f, t) -> ClassicalVectors.hkdf(f.asJsonObject(), hkdf384, t)),
        new Known("rfc5869_hkdf", (f, t) -> ClassicalVectors.rfc5869(f.asJsonArray(), hkdf256, t)),
        new Known("xwing", (f, t) -> HybridVectors.xWing(f.asJsonArray(), xWing, t)),
        new Known(
            "cfrg_hybrid_kems_kitchensink_mlkem768_x25519",
            (f, t) -> HybridVectors.kitchenSink(f.asJsonArray(), xWing, t)),
        new Known(
            "etsi_ts103744_hkdf", (f, t) -> HybridVectors.etsi(f.asJsonObject(), hkdf384, t)));
  }

  private static Provider provider(AlgorithmRegistry registry, String name) {
    return registry.require(name, Use.ACCEPT).provider();
  }

  /**
   * Runs every set that the folder has.
   *
   * @param registry whose providers do what is not tried on Bouncy Castle directly
   * @return one for each known set, in a stable order
   * @throws IOException if a file cannot be read
   */
  public static List<Result> run(Path folder, AlgorithmRegistry registry) throws IOException {
    List<Result> results = new ArrayList<>();
    for (Known set : known(registry)) {
      Path file = folder.resolve(set.file() + ".json");
      if (!Files.exists(file)) {
        results.add(new Result(set.file(), Optional.empty()));
        continue;
      }
      Tally tally = new Tally();
      try (InputStream in = Files.newInputStream(file);
          JsonReader reader = Json.createReader(in)) {
        set.check().accept(reader.read(), tally);
      }
      results.add(new Result(set.file(), Optional.of(tally)));
    }
    return results;
  }
}
