package io.bellgate.coap.node.keys;

/** What the endpoint knows of nodes and their keys since it was started; not kept. Thread safe. */
public interface Activity {
  /**
   * One node.
   *
   * @param lastSeenMillis when a reading of it was accepted last, since the epoch; 0 if not known
   * @param lastSequence the highest sequence that was accepted; -1 if not known
   */
  record Contact(long lastSeenMillis, long lastSequence) {}

  /** Of nothing. */
  Activity NONE =
      new Activity() {
        @Override
        public long uses(String identity) {
          return 0;
        }

        @Override
        public Contact contact(String node) {
          return new Contact(0, -1);
        }
      };

  /** How often a handshake or a context was made with the key of an identity. */
  long uses(String identity);

  /** When and what a node said last. */
  Contact contact(String node);
}
