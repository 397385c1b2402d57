package io.bellgate.keys.pqc.identity;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The identities in the trust folders. They are read again when names, sizes or times of the files
 * have changed. Two files that show different certificates for one site cancel each other out.
 *
 * <p>One lock: this object's monitor.
 */
final class TrustedIdentities {
  private static final System.Logger LOG = System.getLogger(TrustedIdentities.class.getName());

  private final List<Path> folders;
  private final String self;
  private List<String> seen = List.of("never");
  private Map<String, IdentityFile> trusted = Map.of();

  /**
   * Names the folders; they need not exist.
   *
   * @param self this site, which is not its own peer
   */
  TrustedIdentities(List<Path> folders, String self) {
    this.folders = List.copyOf(folders);
    this.self = self;
  }

  /** Site ID to identity, sorted. */
  synchronized Map<String, IdentityFile> now() {
    List<String> state = new ArrayList<>();
    List<Path> files = files(state);
    if (!state.equals(seen)) {
      trusted = readAll(files);
      seen = state;
    }
    return trusted;
  }

  private List<Path> files(List<String> state) {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(folder, "*" + IdentityFile.SUFFIX)) {
        for (Path file : found) {
          files.add(file);
          state.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
      } catch (IOException unreadable) {
        LOG.log(Level.WARNING, "a trust folder cannot be read: folder=" + folder, unreadable);
      }
    }
    files.sort(null);
    state.sort(null);
    return files;
  }

  private Map<String, IdentityFile> readAll(List<Path> files) {
    Map<String, IdentityFile> identities = new TreeMap<>();
    Set<String> contradicted = new HashSet<>();
    for (Path file : files) {
      try {
        IdentityFile identity = IdentityFile.read(file);
        IdentityFile other = identities.putIfAbsent(identity.site(), identity);
        if (other != null && !other.shown().equals(identity.shown())) {
          contradicted.add(identity.site());
          LOG.log(
              Level.WARNING,
              "two files show different identities, neither is trusted: site="
                  + identity.site()
                  + " file="
                  + file
                  + "; remove the wrong one");
        }
      } catch (IOException | IllegalArgumentException malformed) {
        LOG.log(
            Level.WARNING,
            "not a trusted identity: file=" + file + " why=" + malformed.getMessage());
      }
    }
    identities.keySet().removeAll(contradicted);
    identities.remove(self);
    return identities;
  }
}
