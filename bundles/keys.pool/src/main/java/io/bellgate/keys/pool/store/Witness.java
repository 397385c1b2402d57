package io.bellgate.keys.pool.store;

/** Whether the peer stands witness for what is used here. */
public interface Witness {
  /** What was agreed with the peer, and nothing else. */
  Witness PEER =
      new Witness() {
        @Override
        public boolean met(Standing standing) {
          return standing.met;
        }

        @Override
        public int lease(Block block, Zone zone) {
          return block.lease[zone.ordinal()];
        }

        @Override
        public int granted(Block block, Zone zone) {
          return block.granted(zone);
        }
      };

  /** Whether both hellos are through in this run. */
  boolean met(Standing standing);

  /** Chunks of an own zone below this place may be taken. */
  int lease(Block block, Zone zone);

  /** Chunks of a peer's zone below this place may have been taken by the peer. */
  int granted(Block block, Zone zone);
}
