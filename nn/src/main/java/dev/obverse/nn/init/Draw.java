package dev.obverse.nn.init;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.random.Philox;

/**
 * Fills arrays with random numbers, on all cores: the head of a large network has 67 million weights.
 *
 * <p>The array is cut into fixed pieces, each with a stream of its own that one number drawn from the caller's
 * generator selects, so the values do not depend on the number of threads.
 */
final class Draw {
    private static final int PIECE = 1 << 16;

    private Draw() {}

    private interface Fill {
        void fill(float[] piece, Philox random);
    }

    static void normal(float[] values, double mean, double deviation, Philox random) {
        inPieces(values, random, (piece, r) -> r.fillNormal(piece, mean, deviation));
    }

    static void uniform(float[] values, double low, double high, Philox random) {
        inPieces(values, random, (piece, r) -> {
            r.fillUniform(piece, low, high);
            // Rounding to float can reach the open end of the interval.
            float below = Math.nextDown((float) high);
            for (int i = 0; i < piece.length; i++) {
                piece[i] = Math.min(piece[i], below);
            }
        });
    }

    static void truncatedNormal(float[] values, double mean, double deviation, double low, double high, Philox random) {
        inPieces(values, random, (piece, r) -> {
            var draws = new float[1024];
            int next = draws.length;
            for (int i = 0; i < piece.length; ) {
                if (next == draws.length) {
                    r.fillNormal(draws, mean, deviation);
                    next = 0;
                }
                float draw = draws[next++];
                if (draw >= low && draw <= high) {
                    piece[i++] = draw;
                }
            }
        });
    }

    private static void inPieces(float[] values, Philox random, Fill fill) {
        var base = random.stream(random.nextLong());
        int pieces = (values.length + PIECE - 1) / PIECE;
        Workers.run(pieces, p -> {
            int from = p * PIECE;
            var piece = new float[Math.min(PIECE, values.length - from)];
            fill.fill(piece, base.stream(p));
            System.arraycopy(piece, 0, values, from, piece.length);
        });
    }
}
