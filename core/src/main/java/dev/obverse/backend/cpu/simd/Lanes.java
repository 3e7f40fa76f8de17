package dev.obverse.backend.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector shape of this machine and the tile sizes that follow from it. */
final class Lanes {
    /** The widest float vector: 16 lanes with AVX-512, 8 with AVX2, 4 with NEON. */
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** Lanes of {@link #F}. */
    static final int LENGTH = F.length();

    /** Columns of a panel of the right operand: two vectors. */
    static final int PANEL = 2 * LENGTH;

    /** Whether there are 32 vector registers (AVX-512, NEON) rather than 16 (AVX2). */
    static final boolean MANY_REGISTERS =
            LENGTH >= 16 || System.getProperty("os.arch", "").equals("aarch64");

    /** Most rows of any tile: index tables are padded by this many entries. */
    static final int TALLEST = 16;

    /** Floats of a cache line. Distances that are multiples of 4 KiB share sets of the L1 cache: add a line to them. */
    static final int LINE = 16;

    private Lanes() {}
}
