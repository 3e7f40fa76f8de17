package dev.obverse.drn;

import org.jspecify.annotations.Nullable;

/**
 * What a run was started with; {@code config.json} in its folder.
 *
 * @param drn every choice about network and training
 * @param seed of weights and of the order of pairs
 * @param steps planned optimiser steps
 * @param pairs the manifest
 * @param pairsFingerprint of its rows; null in runs from before it was kept
 * @param leaks why train and test pairs are not independent, or null if they are
 * @param recogniser fingerprint of the recogniser that supervises
 */
public record RunConfig(
        DrnConfig drn,
        long seed,
        long steps,
        String pairs,
        @Nullable String pairsFingerprint,
        @Nullable String leaks,
        String recogniser) {}
