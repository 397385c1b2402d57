/**
 * The Cascade information reconciliation: one engine, its variants as data.
 *
 * <p>Sources: Brassard and Salvail, <i>Secret-key reconciliation by public discussion</i>,
 * EUROCRYPT 1993; Martinez-Mateo, Pacher, Peev, Ciurana, Martin, <i>Demystifying the information
 * reconciliation protocol Cascade</i>, arXiv 1407.3257.
 *
 * <p>Words: a <i>pass</i> puts the key's bits into an order of its own and cuts it into <i>top
 * blocks</i>; a <i>block</i> is a top block or a half of a block; a block is <i>odd</i> if Alice's
 * and Bob's parities of it differ, that is, if it holds an odd number of errors. Bit i is bit
 * {@code i & 63} of word {@code i >>> 6}, as in {@code SecretBits}.
 */
package io.bellgate.qkd.cascade;
