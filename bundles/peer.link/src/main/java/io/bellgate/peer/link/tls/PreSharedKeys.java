package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.peer.PeerSession;
import java.util.Optional;

/**
 * Where the answering end finds pre-shared keys. Asked before anything is authenticated: it looks
 * at what is at hand and changes nothing.
 */
public interface PreSharedKeys {
  /**
   * Looks a key up.
   *
   * @param name as a stranger sent it; sites, group and epoch are checked
   * @return empty if there is none
   */
  Optional<Held> find(KeyName name);

  /** The binder of an offer was wrong, or the key unknown; says whether to look at more of them. */
  void missed();

  /** A key that is being verified. For one thread. */
  interface Held extends AutoCloseable {
    /** The key, lent until {@link #commit} or {@link #close}. */
    Secret secret();

    /** What a channel with it rests on. */
    PeerSession.Level level();

    /** Of the key, for status. */
    String origin();

    /** The peer has proved that it has the key: it is used up, durably, and destroyed. */
    void commit();

    /** Puts it back if it was not committed; nothing has changed then. */
    @Override
    void close();
  }
}
