package io.bellgate.keys.pqc.identity;

import java.nio.file.Path;

/**
 * A PKCS#11 token that seals seeds.
 *
 * @param library the vendor's PKCS#11 library
 * @param slotListIndex which of the slots with a token, from 0
 * @param pinFile file with the PIN, for its owner only
 * @param key label of an AES key on the token; made there if there is none
 */
record Token(Path library, int slotListIndex, Path pinFile, String key) {}
