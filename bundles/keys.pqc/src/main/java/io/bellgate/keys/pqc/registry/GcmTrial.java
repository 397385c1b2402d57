package io.bellgate.keys.pqc.registry;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256 in GCM (SP 800-38D). */
record GcmTrial() implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers("AES-256-GCM");
    byte[] key = known.get("key");
    byte[] iv = known.get("iv");
    byte[] aad = known.get("aad");
    known.expect("sealed", run(provider, Cipher.ENCRYPT_MODE, key, iv, aad, known.get("message")));
    byte[] sealed = known.get("sealed");
    known.expect("message", run(provider, Cipher.DECRYPT_MODE, key, iv, aad, sealed));
    sealed[sealed.length - 1] ^= 1;
    KnownAnswers.refused(
        "a changed tag", () -> run(provider, Cipher.DECRYPT_MODE, key, iv, aad, sealed).length > 0);
    return "encryption, decryption, changed tag";
  }

  static byte[] run(Provider provider, int mode, byte[] key, byte[] iv, byte[] aad, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
    cipher.updateAAD(aad);
    return cipher.doFinal(input);
  }

  @Override
  public Map<String, Step> operations(Provider provider) {
    Map<String, Step> steps = new LinkedHashMap<>();
    for (int octets : new int[] {1024, 64, 16384}) {
      byte[] message = new byte[octets];
      ByteBuffer iv = ByteBuffer.allocate(12);
      byte[] key = new byte[32];
      steps.put(
          octets + " B",
          () -> {
            iv.putLong(4, iv.getLong(4) + 1);
            run(provider, Cipher.ENCRYPT_MODE, key, iv.array(), new byte[0], message);
          });
    }
    return steps;
  }
}
