package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.AgainstReference.block;
import static dev.obverse.backend.cpu.AgainstReference.check;
import static dev.obverse.backend.cpu.AgainstReference.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;
import dev.obverse.backend.OptimizerKernels.Adam;
import dev.obverse.backend.OptimizerKernels.Sgd;
import dev.obverse.backend.Unary;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Element-wise functions and optimiser steps, at sizes around vectors and pieces. */
class ElementwiseTest {
    private static final int[] SIZES = {0, 1, 3, 4, 15, 16, 17, 63, 1000, 32768, 32769, 100_003};

    @ParameterizedTest
    @EnumSource
    void unary(Unary.Kind kind) {
        var f = new Unary(kind, 0.25, 0.75);
        boolean positive = kind == Unary.Kind.LOG || kind == Unary.Kind.SQRT || kind == Unary.Kind.RECIPROCAL;
        for (int n : SIZES) {
            check(5e-7, backend -> {
                var elementwise = backend.elementwise();
                var x = normal(backend, 1, n);
                if (positive) {
                    elementwise.unary(Unary.of(Unary.Kind.ABS), x, x, n);
                    elementwise.unary(Unary.affine(1, 0.01), x, x, n);
                }
                var y = backend.memory().allocate(n);
                var dx = normal(backend, 2, n);
                elementwise.unary(f, x, y, n);
                elementwise.unaryGradient(f, x, y, dx, dx, n);
                return List.of(y, dx);
            });
        }
    }

    /** An element's value must not depend on whether it falls into a whole vector or into the tail. */
    @ParameterizedTest
    @EnumSource
    void theTailHasTheSameBits(Unary.Kind kind) {
        var loops = Loops.vector().elementwise();
        var f = new Unary(kind, 0.3, 0.7);
        for (float v = -4; v < 4; v += 0.37f) {
            var x = new float[64];
            Arrays.fill(x, v);
            var y = new float[64];
            var dx = new float[64];
            for (int n = 1; n <= 64; n++) {
                loops.unary(f, x, 0, y, 0, n);
                loops.unaryGradient(f, x, y, x, dx, 0, n);
                assertEquals(y[0], y[n - 1]);
                assertEquals(dx[0], dx[n - 1]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void binary(Binary f) {
        for (int n : SIZES) {
            binary(f, Broadcast.none(n), n, n);
        }
        binary(f, broadcast(new int[] {70_000}, new int[] {1}, new int[] {0}), 70_000, 1);
        binary(f, broadcast(new int[] {70_000}, new int[] {0}, new int[] {1}), 1, 70_000);
        // Per channel and per row, long and short.
        binary(f, broadcast(new int[] {500, 130}, new int[] {130, 1}, new int[] {0, 1}), 65_000, 130);
        binary(f, broadcast(new int[] {500, 130}, new int[] {130, 1}, new int[] {1, 0}), 65_000, 500);
        binary(f, broadcast(new int[] {500, 130}, new int[] {1, 0}, new int[] {130, 1}), 500, 65_000);
        binary(f, broadcast(new int[] {30_000, 3}, new int[] {3, 1}, new int[] {0, 1}), 90_000, 3);
        binary(f, broadcast(new int[] {30_000, 3}, new int[] {1, 0}, new int[] {3, 1}), 30_000, 90_000);
        // An outer product, and four axes that nothing merges.
        binary(f, broadcast(new int[] {300, 200}, new int[] {1, 0}, new int[] {0, 1}), 300, 200);
        binary(
                f,
                broadcast(new int[] {20, 30, 40, 5}, new int[] {1200, 0, 5, 1}, new int[] {0, 200, 0, 1}),
                24_000,
                6000);
        binary(f, broadcast(new int[] {4, 0, 3}, new int[] {0, 3, 1}, new int[] {3, 0, 1}), 0, 12);
    }

    private static Broadcast broadcast(int[] extents, int[] stridesA, int[] stridesB) {
        return new Broadcast(extents, stridesA, stridesB);
    }

    private static void binary(Binary f, Broadcast broadcast, int sizeA, int sizeB) {
        check(1e-7, backend -> {
            var y = backend.memory().allocate(broadcast.length());
            backend.elementwise().binary(f, broadcast, normal(backend, 1, sizeA), normal(backend, 2, sizeB), y);
            return List.of(y);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 100_003})
    void optimizers(int n) {
        check(1e-6, backend -> {
            var optimizer = backend.optimizer();
            var g = normal(backend, 1, n);
            var w = normal(backend, 2, n);
            var first = normal(backend, 3, n);
            var second = normal(backend, 4, n);
            backend.elementwise().unary(Unary.of(Unary.Kind.SQUARE), second, second, n);
            optimizer.adam(new Adam(0.01, 0.9, 0.999, 1e-8, 0.1, false, 0.5, 3), w, g, first, second, n);
            optimizer.adam(new Adam(0.01, 0.9, 0.999, 1e-8, 0.1, true, 1, 4), w, g, first, second, n);
            var velocity = normal(backend, 5, n);
            optimizer.sgd(new Sgd(0.1, 0.9, 0.01, false, 2), w, g, velocity, n);
            optimizer.sgd(new Sgd(0.1, 0.9, 0, true, 1), w, g, velocity, n);
            var average = normal(backend, 6, n);
            optimizer.ema(0.99, w, average, n);
            var target = normal(backend, 7, n);
            backend.elementwise().accumulate(w, target, n);
            return List.of(w, first, second, velocity, average, target);
        });
    }

    @Test
    void sumOfSquaresNeitherOverflowsNorForgets() {
        for (boolean vector : new boolean[] {true, false}) {
            var cpu = new CpuBackend(vector, ConvAlgorithm.AUTO, new ArrayPool(1 << 28, true));
            assertEquals(0, cpu.optimizer().sumOfSquares(block(cpu), 0));
            var values = new float[100_001];
            Arrays.fill(values, 1e-3f);
            values[5] = 1e25f;
            values[100_000] = 2e25f;
            double small = (double) 1e-3f * 1e-3f;
            double large = (double) 1e25f * 1e25f + (double) 2e25f * 2e25f;
            assertEquals(large, cpu.optimizer().sumOfSquares(block(cpu, values), values.length), 1e-12 * large);
            values[5] = 0;
            values[100_000] = 0;
            assertEquals(99_999 * small, cpu.optimizer().sumOfSquares(block(cpu, values), values.length), 1e-10);
        }
    }
}
