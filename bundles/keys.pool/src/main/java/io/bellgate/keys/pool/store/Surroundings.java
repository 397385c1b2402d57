package io.bellgate.keys.pool.store;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.journal.Disk;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a store needs from outside.
 *
 * @param disk where files are
 * @param clock what it goes by
 * @param levels as configured now
 * @param random gives null while there are no random bits
 * @param witness who says what may be used
 * @param carried what the run that goes on has left
 */
public record Surroundings(
    Disk.Folder disk,
    Clock clock,
    Supplier<Levels> levels,
    Supplier<RandomBits> random,
    Witness witness,
    Optional<Carried> carried) {}
