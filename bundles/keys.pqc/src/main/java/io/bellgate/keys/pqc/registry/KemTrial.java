package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A KEM whose key pair and encapsulation follow from given octets: ML-KEM (FIPS 203, algorithms 16
 * and 17), X-Wing.
 *
 * @param name in the registry, and of its known answers
 * @param generator JCA name of the key pair generator, which knows the parameter set
 * @param family JCA name of the KEM
 * @param keyOctets octets of the encapsulation key, which is the end of its encoded form
 */
record KemTrial(String name, String generator, String family, int keyOctets) implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(name);
    KeyPair pair = pair(provider, new FixedRandom(known.get("seed")));
    byte[] encoded = pair.getPublic().getEncoded();
    known.expect("ekHash", Arrays.copyOfRange(encoded, encoded.length - keyOctets, encoded.length));
    JcaKem.Encapsulated made =
        JcaKem.encapsulate(family, provider, pair.getPublic(), new FixedRandom(known.get("m")));
    known.expect("sentHash", made.ciphertext());
    known.expect("sentSecret", made.secret());
    known.expect(
        "sentSecret", JcaKem.decapsulate(family, provider, pair.getPrivate(), made.ciphertext()));
    known.expect("secret", JcaKem.decapsulate(family, provider, pair.getPrivate(), known.get("c")));
    byte[] other = made.ciphertext().clone();
    other[0] ^= 1;
    KnownAnswers.refused(
        "a changed ciphertext",
        () ->
            Arrays.equals(
                known.get("sentSecret"),
                JcaKem.decapsulate(family, provider, pair.getPrivate(), other)));
    return "key pair, encapsulation, decapsulation, changed ciphertext";
  }

  private KeyPair pair(Provider provider, SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator made = KeyPairGenerator.getInstance(generator, provider);
    Parameters.initialize(made, name, random);
    return made.generateKeyPair();
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPair pair = pair(provider, random);
    byte[] ciphertext = JcaKem.encapsulate(family, provider, pair.getPublic(), random).ciphertext();
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("decaps", () -> JcaKem.decapsulate(family, provider, pair.getPrivate(), ciphertext));
    steps.put("encaps", () -> JcaKem.encapsulate(family, provider, pair.getPublic(), random));
    steps.put("keygen", () -> pair(provider, random));
    return steps;
  }
}
