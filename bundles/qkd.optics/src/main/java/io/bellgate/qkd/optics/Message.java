package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.QuantumChannel.Source;
import io.bellgate.api.qkd.Role;
import java.util.UUID;

/**
 * What is said between the benches and the fibre. Who may be told what is in the types: a message
 * to Alice's bench is a {@link ToAlice}, to Bob's a {@link ToBob}; what was detected is no {@link
 * ToAlice}, and settings are neither, they go to the fibre alone.
 */
sealed interface Message {
  /** Version of what is said here. */
  int VERSION = 1;

  /** From a bench. */
  sealed interface FromBench extends Message {}

  /** From the fibre to Alice's bench. */
  sealed interface ToAlice extends Message {}

  /** From the fibre to Bob's bench. */
  sealed interface ToBob extends Message {}

  /** To either bench: says nothing of settings or clicks. */
  sealed interface ToBoth extends ToAlice, ToBob {}

  /** Who is there. */
  record Hello(int version, String link, Role role, String site) implements FromBench {}

  /** This bench is ready for a block. */
  record Begin(UUID block, long pulses) implements FromBench {}

  /** A setting, 0 to 3, for each pulse that was asked for. */
  record Settings(byte[] settings) implements FromBench {}

  /** The answer to a hello. */
  record Welcome(int version, Source source, String description) implements ToBoth {}

  /** Both benches are ready; the description may have changed. */
  record Begun(String description) implements ToBoth {}

  /** Which pulses need a setting. Some of them will not click. */
  record Ask(Passage.Batch batch) implements ToBoth {}

  /** What clicked, for each pulse of the last {@link Ask}: see {@link Odds#outcome}. */
  record Clicked(byte[] outcomes) implements ToBob {}

  /** The last pulse has passed. */
  record Passed() implements ToBoth {}

  /** There is no block, or no more of it: code and reason. */
  record Ended(String reason) implements ToBoth {}
}
