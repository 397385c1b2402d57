package io.bellgate.qkd.link;

import io.bellgate.api.peer.PeerSession;
import io.bellgate.qkd.link.channel.Conversation;
import java.util.UUID;

/**
 * The conversation that the link has now, with everything it was begun with: a change of settings
 * or session meanwhile does not reach into it.
 *
 * @param id of the block, or of the resolution
 * @param proposal what it is
 * @param settings as they were
 * @param peer the session it goes over
 * @param conversation this end of it
 */
record Talk(
    UUID id, Proposal proposal, Settings settings, PeerSession peer, Conversation conversation) {}
