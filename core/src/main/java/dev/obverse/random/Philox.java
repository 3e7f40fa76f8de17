package dev.obverse.random;

import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 *
 * <p>Output is a pure function of (seed, stream, position), so any part of a sequence can be computed anywhere, on any
 * thread or device, with the same bits. Give each purpose its own stream.
 */
public final class Philox implements RandomGenerator {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    /** Values of a piece of a long fill. */
    private static final int PIECE = 1 << 16;

    /** Everything that determines what comes next. */
    public record State(long seed, long stream, long position) {}

    private long seed;
    private long stream;
    private long position;
    private final int[] block = new int[4];
    private long blockNumber = -1;

    public Philox(long seed) {
        this(seed, 0);
    }

    public Philox(long seed, long stream) {
        this.seed = seed;
        this.stream = stream;
    }

    /** An independent generator for a purpose or an element of a data set. */
    public Philox stream(long stream) {
        return new Philox(seed, mix(this.stream ^ mix(stream + 1)));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    public long seed() {
        return seed;
    }

    /** Number of 32-bit values drawn so far; with {@link #position(long)} it makes a run resumable. */
    public long position() {
        return position;
    }

    public void position(long position) {
        this.position = position;
    }

    /** Where this generator is, for a checkpoint. */
    public State state() {
        return new State(seed, stream, position);
    }

    /** Goes on from a saved state, of whatever seed and stream. */
    public void restore(State state) {
        seed = state.seed();
        stream = state.stream();
        position = state.position();
        blockNumber = -1;
    }

    /** One block of four 32-bit values of the sequence, as the paper defines it. */
    public static void block(long counterLow, long counterHigh, long key, int[] out) {
        int c0 = (int) counterLow;
        int c1 = (int) (counterLow >>> 32);
        int c2 = (int) counterHigh;
        int c3 = (int) (counterHigh >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    @Override
    public int nextInt() {
        long number = position >>> 2;
        if (number != blockNumber) {
            block(number, stream, seed, block);
            blockNumber = number;
        }
        return block[(int) (position++ & 3)];
    }

    @Override
    public long nextLong() {
        return ((long) nextInt() << 32) | (nextInt() & 0xFFFFFFFFL);
    }

    /** Uniform on [low, high), 24 bits each. */
    public void fillUniform(float[] target, double low, double high) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (float) (low + (high - low) * ((nextInt() >>> 8) * 0x1p-24));
        }
    }

    /**
     * Normal, by Box and Muller's transform of pairs; many values are drawn on all cores, each from its own position.
     */
    public void fillNormal(float[] target, double mean, double deviation) {
        int pieces = (target.length + PIECE - 1) / PIECE;
        IntStream.range(0, pieces).parallel().forEach(i -> {
            var mine = new Philox(seed, stream);
            mine.position = position + (long) i * PIECE;
            mine.fillNormal(target, i * PIECE, Math.min(target.length, (i + 1) * PIECE), mean, deviation);
        });
        position += target.length + target.length % 2;
    }

    private void fillNormal(float[] target, int from, int to, double mean, double deviation) {
        for (int i = from; i < to; i += 2) {
            double radius = deviation * Math.sqrt(-2 * BoxMuller.log((nextInt() >>> 8) + 1));
            int angle = nextInt() >>> 8;
            target[i] = (float) (mean + radius * BoxMuller.cosine(angle));
            if (i + 1 < to) {
                target[i + 1] = (float) (mean + radius * BoxMuller.sine(angle));
            }
        }
    }

    /** A random order of {@code 0..n-1} (Fisher and Yates). */
    public int[] permutation(int n) {
        var order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
