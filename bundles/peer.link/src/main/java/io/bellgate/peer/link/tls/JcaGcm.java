package io.bellgate.peer.link.tls;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;

/**
 * AES-256-GCM (SP 800-38D) of a JCA provider under Bouncy Castle's TLS records: the JDK's uses the
 * processor's instructions, which Bouncy Castle's does not. One direction; not thread safe, like
 * the record layer that calls it.
 */
final class JcaGcm implements TlsAEADCipherImpl {
  private final Cipher cipher;
  private final int mode;
  private SecretKeySpec key;

  JcaGcm(Provider provider, boolean encrypt) {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a provider that passed its self-test has AES-GCM", e);
    }
    mode = encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
  }

  @Override
  public void setKey(byte[] octets, int from, int length) {
    key = new SecretKeySpec(octets, from, length, "AES");
  }

  @Override
  public void init(byte[] nonce, int tagOctets) throws TlsFatalAlert {
    try {
      cipher.init(mode, key, new GCMParameterSpec(tagOctets * 8, nonce));
    } catch (GeneralSecurityException e) {
      throw new TlsFatalAlert(AlertDescription.internal_error, e);
    }
  }

  @Override
  public int getOutputSize(int octets) {
    return mode == Cipher.ENCRYPT_MODE ? octets + 16 : Math.max(0, octets - 16);
  }

  @Override
  public int doFinal(byte[] extra, byte[] in, int from, int length, byte[] out, int to)
      throws TlsFatalAlert {
    try {
      if (extra != null && extra.length > 0) {
        cipher.updateAAD(extra);
      }
      return cipher.doFinal(in, from, length, out, to);
    } catch (GeneralSecurityException e) {
      short alert =
          mode == Cipher.DECRYPT_MODE
              ? AlertDescription.bad_record_mac
              : AlertDescription.internal_error;
      throw new TlsFatalAlert(alert, e);
    }
  }
}
