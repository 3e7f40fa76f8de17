package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.MatmulSpec;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector and the scalar matrix products against the definition, summed in double precision. */
class GemmKernelsTest {
    private final int threads = Workers.threads();

    @AfterEach
    void restoreThreads() {
        Workers.setThreads(threads);
    }

    static Stream<MatmulSpec> products() {
        int[][] shapes = {
            {1, 1, 1},
            {1, 5, 0},
            {2, 3, 5},
            {7, 1, 13},
            {1, 17, 40},
            {13, 31, 7},
            {14, 32, 64},
            // One vector of columns, on every machine: its tiles are taller than the rows that go together.
            {30, 4, 5},
            {30, 8, 5},
            {30, 16, 5},
            {15, 33, 65},
            {16, 16, 300},
            {9, 24, 700},
            {6, 513, 2},
            {28, 64, 256},
            {40, 3, 77},
            {65, 47, 129},
            {100, 130, 300},
            {260, 70, 20},
            {8, 512, 1000},
            {2, 1000, 512},
            {512, 600, 3},
            {0, 4, 4},
            {4, 0, 4},
            {3, 2, 5000}
        };
        var list = new ArrayList<MatmulSpec>();
        for (int[] s : shapes) {
            for (int t = 0; t < 4; t++) {
                list.add(MatmulSpec.of(s[0], s[1], s[2], (t & 1) != 0, (t & 2) != 0));
            }
        }
        for (int t = 0; t < 4; t++) {
            boolean a = (t & 1) != 0;
            boolean b = (t & 2) != 0;
            list.add(new MatmulSpec(3, 17, 19, 23, a, b, false, false));
            list.add(new MatmulSpec(3, 17, 19, 23, a, b, true, false));
            list.add(new MatmulSpec(3, 17, 19, 23, a, b, false, true));
            list.add(new MatmulSpec(2, 66, 35, 40, a, b, true, true));
            list.add(new MatmulSpec(0, 6, 5, 4, a, b, false, false));
        }
        return list.stream();
    }

    @ParameterizedTest
    @MethodSource("products")
    void productMatchesTheDefinition(MatmulSpec s) {
        float[] a = ConvKernelsTest.tensor((s.broadcastA() ? 1 : s.batch()) * s.m() * s.k(), 1);
        float[] b = ConvKernelsTest.tensor((s.broadcastB() ? 1 : s.batch()) * s.k() * s.n(), 2);
        int[] aBefore = ConvKernelsTest.bits(a);
        int[] bBefore = ConvKernelsTest.bits(b);
        double[] expected = multiply(s, a, b);
        for (boolean simd : new boolean[] {true, false}) {
            Workers.setThreads(1);
            float[] once = run(simd, s, a, b);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], once[i], 1e-6 * (2 + s.k() * 0.1), (simd ? "simd " : "scalar ") + i);
            }
            for (int i = expected.length; i < once.length; i++) {
                assertEquals(Float.NaN, once[i], "wrote past its end, at " + i);
            }
            for (int count : new int[] {2, 5}) {
                Workers.setThreads(count);
                assertArrayEquals(
                        ConvKernelsTest.bits(once),
                        ConvKernelsTest.bits(run(simd, s, a, b)),
                        "with " + count + " threads");
            }
        }
        assertArrayEquals(aBefore, ConvKernelsTest.bits(a), "a was changed");
        assertArrayEquals(bBefore, ConvKernelsTest.bits(b), "b was changed");
    }

    @ParameterizedTest
    @MethodSource("products")
    void productIsAdded(MatmulSpec s) {
        float[] a = ConvKernelsTest.tensor((s.broadcastA() ? 1 : s.batch()) * s.m() * s.k(), 1);
        float[] b = ConvKernelsTest.tensor((s.broadcastB() ? 1 : s.batch()) * s.k() * s.n(), 2);
        double[] product = multiply(s, a, b);
        float[] before = ConvKernelsTest.tensor(product.length, 3);
        for (boolean simd : new boolean[] {true, false}) {
            float[] after = run(simd, s, a, b, before.clone(), true);
            for (int i = 0; i < product.length; i++) {
                double expected = before[i] + product[i];
                assertEquals(expected, after[i], 1e-6 * (3 + s.k() * 0.1), (simd ? "simd " : "scalar ") + i);
            }
        }
    }

    private static float[] run(boolean simd, MatmulSpec s, float[] a, float[] b) {
        return run(simd, s, a, b, ConvKernelsTest.garbage(s.batch() * s.m() * s.n()), false);
    }

    private static float[] run(boolean simd, MatmulSpec s, float[] a, float[] b, float[] c, boolean add) {
        if (simd) {
            dev.obverse.backend.cpu.simd.Gemm.run(s, a, b, c, add);
        } else {
            dev.obverse.backend.cpu.scalar.Gemm.run(s, a, b, c, add);
        }
        return c;
    }

    private static double[] multiply(MatmulSpec s, float[] a, float[] b) {
        var c = new double[s.batch() * s.m() * s.n()];
        for (int i = 0; i < s.batch(); i++) {
            int ao = s.broadcastA() ? 0 : i * s.m() * s.k();
            int bo = s.broadcastB() ? 0 : i * s.k() * s.n();
            for (int m = 0; m < s.m(); m++) {
                for (int n = 0; n < s.n(); n++) {
                    double sum = 0;
                    for (int k = 0; k < s.k(); k++) {
                        double left = a[ao + (s.transposeA() ? k * s.m() + m : m * s.k() + k)];
                        sum += left * b[bo + (s.transposeB() ? n * s.k() + k : k * s.n() + n)];
                    }
                    c[(i * s.m() + m) * s.n() + n] = sum;
                }
            }
        }
        return c;
    }
}
