package dev.obverse.cuda.blas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.obverse.backend.MatmulSpec;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The arguments for cuBLAS, given to a product written from cuBLAS's documentation, make the row-major product. */
class GemmCallTest {
    @Property(tries = 200)
    void columnMajorArgumentsGiveTheRowMajorProduct(
            @ForAll @IntRange(min = 1, max = 3) int batch,
            @ForAll @IntRange(min = 1, max = 5) int m,
            @ForAll @IntRange(min = 1, max = 5) int n,
            @ForAll @IntRange(min = 1, max = 5) int k,
            @ForAll boolean transposeA,
            @ForAll boolean transposeB,
            @ForAll boolean broadcastA,
            @ForAll boolean broadcastB) {
        var spec = new MatmulSpec(batch, m, n, k, transposeA, transposeB, broadcastA, broadcastB);
        var a = whole((broadcastA ? 1 : batch) * m * k, 1);
        var b = whole((broadcastB ? 1 : batch) * k * n, 2);
        assertArrayEquals(textbook(spec, a, b), asCublas(GemmCall.of(spec), batch, b, a, batch * m * n));
    }

    private static double[] whole(int length, int seed) {
        var random = new Random(seed);
        var values = new double[length];
        Arrays.setAll(values, _ -> random.nextInt(-9, 10));
        return values;
    }

    private static double[] textbook(MatmulSpec s, double[] a, double[] b) {
        var c = new double[s.batch() * s.m() * s.n()];
        for (int p = 0; p < s.batch(); p++) {
            int ao = s.broadcastA() ? 0 : p * s.m() * s.k();
            int bo = s.broadcastB() ? 0 : p * s.k() * s.n();
            for (int i = 0; i < s.m(); i++) {
                for (int j = 0; j < s.n(); j++) {
                    for (int l = 0; l < s.k(); l++) {
                        double left = a[ao + (s.transposeA() ? l * s.m() + i : i * s.k() + l)];
                        double right = b[bo + (s.transposeB() ? j * s.k() + l : l * s.n() + j)];
                        c[(p * s.m() + i) * s.n() + j] += left * right;
                    }
                }
            }
        }
        return c;
    }

    /** {@code cublas<t>gemmStridedBatched}: column-major, element (i, j) at {@code i + j leading}. */
    private static double[] asCublas(GemmCall g, int batch, double[] first, double[] second, int length) {
        var c = new double[length];
        for (int p = 0; p < batch; p++) {
            for (int i = 0; i < g.m(); i++) {
                for (int j = 0; j < g.n(); j++) {
                    for (int l = 0; l < g.k(); l++) {
                        int x = g.transposeFirst() ? l + i * g.firstLeading() : i + l * g.firstLeading();
                        int y = g.transposeSecond() ? j + l * g.secondLeading() : l + j * g.secondLeading();
                        c[(int) (p * g.resultStride()) + i + j * g.resultLeading()] +=
                                first[(int) (p * g.firstStride()) + x] * second[(int) (p * g.secondStride()) + y];
                    }
                }
            }
        }
        return c;
    }
}
