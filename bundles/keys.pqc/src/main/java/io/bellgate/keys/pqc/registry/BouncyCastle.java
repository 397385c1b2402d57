package io.bellgate.keys.pqc.registry;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.jcajce.provider.asymmetric.EC;
import org.bouncycastle.jcajce.provider.asymmetric.EdEC;
import org.bouncycastle.jcajce.provider.asymmetric.LMS;
import org.bouncycastle.jcajce.provider.asymmetric.MLDSA;
import org.bouncycastle.jcajce.provider.asymmetric.MLKEM;
import org.bouncycastle.jcajce.provider.asymmetric.SLHDSA;
import org.bouncycastle.jcajce.provider.asymmetric.XWing;
import org.bouncycastle.jcajce.provider.config.ConfigurableProvider;
import org.bouncycastle.jcajce.provider.digest.SHA256;
import org.bouncycastle.jcajce.provider.digest.SHA384;
import org.bouncycastle.jcajce.provider.digest.SHA512;
import org.bouncycastle.jcajce.provider.symmetric.AES;
import org.bouncycastle.jcajce.provider.util.AlgorithmProvider;
import org.bouncycastle.jcajce.provider.util.AsymmetricKeyInfoConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.osgi.framework.FrameworkUtil;

/**
 * The part of Bouncy Castle's JCA provider that the catalogue names. The whole of it has some 5,700
 * entries and takes an eighth of a second of processor time to make, which a start need not pay.
 */
public final class BouncyCastle extends Provider implements ConfigurableProvider {
  private static final long serialVersionUID = 1L;
  private static final String ALIAS = "Alg.Alias.";

  private final transient Map<String, String> classes = new TreeMap<>();
  private final transient Map<String, List<String>> aliases = new TreeMap<>();
  private final transient Map<String, AsymmetricKeyInfoConverter> converters = new TreeMap<>();

  BouncyCastle() {
    super("BC", version(), "Bouncy Castle, in part");
    List<AlgorithmProvider> all =
        List.of(
            new MLKEM.Mappings(),
            new MLDSA.Mappings(),
            new SLHDSA.Mappings(),
            new LMS.Mappings(),
            new XWing.Mappings(),
            new EdEC.Mappings(),
            new EC.Mappings(),
            new AES.Mappings(),
            new SHA256.Mappings(),
            new SHA384.Mappings(),
            new SHA512.Mappings());
    all.forEach(part -> part.configure(this));
    classes.forEach(this::register);
    classes.clear();
    aliases.clear();
  }

  /** The jar says it in its OSGi manifest only. */
  private static String version() {
    return Optional.ofNullable(FrameworkUtil.getBundle(BouncyCastleProvider.class))
        .map(b -> b.getVersion().toString().replaceFirst("\\.0$", ""))
        .orElse("unknown");
  }

  private void register(String key, String type) {
    int dot = key.indexOf('.');
    putService(
        new Part(
            this,
            key.substring(0, dot),
            key.substring(dot + 1),
            type,
            aliases.getOrDefault(key, List.of())));
  }

  /** Its class is found where Bouncy Castle is, not where this provider is. */
  private static final class Part extends Service {
    Part(Provider provider, String kind, String algorithm, String type, List<String> aliases) {
      super(provider, kind, algorithm, type, aliases, Map.of());
    }

    @Override
    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
      try {
        return BouncyCastleProvider.class
            .getClassLoader()
            .loadClass(getClassName())
            .getConstructor()
            .newInstance();
      } catch (ReflectiveOperationException broken) {
        throw new NoSuchAlgorithmException(getAlgorithm(), broken);
      }
    }
  }

  @Override
  public void addAlgorithm(String key, String value) {
    if (key.startsWith(ALIAS)) {
      String name = key.substring(ALIAS.length());
      int dot = name.indexOf('.');
      aliases
          .computeIfAbsent(name.substring(0, dot) + "." + value, k -> new ArrayList<>())
          .add(name.substring(dot + 1));
    } else if (key.indexOf(' ') < 0) {
      classes.putIfAbsent(key, value);
    }
  }

  @Override
  public void addAlgorithm(String key, String value, Map<String, String> attributes) {
    addAlgorithm(key, value);
  }

  @Override
  public void addAlgorithm(String type, ASN1ObjectIdentifier oid, String className) {
    addAlgorithm(type + "." + oid, className);
    addAlgorithm(type + ".OID." + oid, className);
  }

  @Override
  public void addAlgorithm(
      String type, ASN1ObjectIdentifier oid, String className, Map<String, String> attributes) {
    addAlgorithm(type, oid, className);
  }

  @Override
  public boolean hasAlgorithm(String type, String name) {
    return classes.containsKey(type + "." + name);
  }

  @Override
  public void addKeyInfoConverter(ASN1ObjectIdentifier oid, AsymmetricKeyInfoConverter converter) {
    converters.put(oid.getId(), converter);
  }

  @Override
  public AsymmetricKeyInfoConverter getKeyInfoConverter(ASN1ObjectIdentifier oid) {
    return converters.get(oid.getId());
  }

  @Override
  public void setParameter(String name, Object value) {
    throw new UnsupportedOperationException("this part of Bouncy Castle has no parameters");
  }

  @Override
  public void addAttributes(String key, Map<String, String> attributes) {
    // what they say, which keys fit, a service finds out by itself
  }

  /** Whether a provider takes Bouncy Castle's own parameters: this one, or a whole one. */
  static boolean isIt(Provider provider) {
    return provider instanceof BouncyCastle
        || provider.getClass().getName().startsWith("org.bouncycastle.");
  }
}
