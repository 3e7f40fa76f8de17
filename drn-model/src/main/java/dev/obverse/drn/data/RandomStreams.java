package dev.obverse.drn.data;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Independent random streams named by a seed and a path of indices, so that item 1,000 needs no item before it. */
final class RandomStreams {
    private RandomStreams() {}

    /** The stream of a seed and a path; different paths give unrelated streams. */
    static RandomGenerator of(long seed, long... path) {
        return new SplittableRandom(mix(seed, path));
    }

    /** A well-mixed number from a seed and a path. */
    static long mix(long seed, long... path) {
        long h = scramble(seed + 0x9E3779B97F4A7C15L);
        for (long step : path) {
            h = scramble(h ^ scramble(step + 0x632BE59BD9B4E019L));
        }
        return h;
    }

    /** The finaliser of Stafford's variant 13 of MurmurHash3. */
    private static long scramble(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
