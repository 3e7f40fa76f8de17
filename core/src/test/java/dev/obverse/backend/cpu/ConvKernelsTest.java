package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.cpu.conv.ImageParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector and the scalar convolution kernels against the definition, summed in double precision. */
class ConvKernelsTest {
    /** What surrounds an array's tensor: it must be neither used nor changed. */
    private static final float GARBAGE = Float.NaN;

    private static final int SLACK = 77;

    private final int threads = Workers.threads();

    @AfterEach
    void restoreThreads() {
        Workers.setThreads(threads);
    }

    static Stream<ConvSpec> geometries() {
        var list = new ArrayList<>(List.of(
                // The smallest, primes, and sizes about the lanes of every vector.
                ConvSpec.square(1, 1, 1, 1, 1, 1, 1, 0),
                ConvSpec.square(2, 5, 7, 3, 5, 3, 1, 1),
                ConvSpec.square(1, 11, 13, 7, 19, 5, 1, 2),
                ConvSpec.square(0, 8, 8, 16, 16, 3, 1, 1),
                ConvSpec.square(0, 8, 18, 3, 16, 3, 1, 1),
                ConvSpec.square(1, 4, 4, 0, 3, 3, 1, 1),
                ConvSpec.square(3, 1, 1, 17, 33, 1, 1, 0),
                ConvSpec.square(2, 9, 9, 40, 24, 1, 1, 0),
                ConvSpec.square(2, 9, 9, 12, 20, 1, 2, 0),
                ConvSpec.square(1, 3, 50, 5, 1, 3, 1, 1),
                ConvSpec.square(1, 50, 3, 1, 5, 3, 1, 1),
                ConvSpec.square(2, 4, 4, 24, 36, 4, 1, 0),
                // Padding that differs per side, is wider than the kernel, or is on one side only.
                new ConvSpec(1, 6, 7, 8, 16, 2, 2, 1, 1, 0, 0, 1, 1, 1, 1, 1),
                new ConvSpec(2, 5, 6, 9, 17, 3, 4, 1, 2, 2, 1, 0, 3, 1, 1, 1),
                new ConvSpec(1, 4, 5, 6, 18, 2, 3, 1, 1, 4, 5, 3, 2, 1, 1, 1),
                new ConvSpec(1, 7, 30, 32, 32, 1, 3, 1, 1, 0, 2, 0, 0, 1, 1, 1),
                // Nothing but padding is read.
                new ConvSpec(2, 3, 1, 4, 5, 1, 1, 1, 3, 0, 2, 0, 0, 1, 1, 1),
                // Strides, also beyond the kernel, and dilation.
                ConvSpec.square(2, 16, 16, 16, 32, 3, 2, 1),
                ConvSpec.square(2, 15, 17, 20, 9, 3, 2, 1),
                ConvSpec.square(2, 12, 12, 32, 16, 2, 2, 0),
                ConvSpec.square(1, 12, 14, 24, 48, 4, 2, 1),
                ConvSpec.square(1, 11, 11, 16, 16, 2, 3, 0),
                ConvSpec.square(1, 12, 12, 3, 16, 7, 4, 3),
                new ConvSpec(1, 13, 12, 16, 24, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, 1),
                new ConvSpec(1, 17, 19, 8, 8, 3, 2, 2, 3, 3, 1, 2, 0, 3, 2, 1),
                new ConvSpec(2, 20, 40, 17, 31, 3, 3, 2, 1, 1, 2, 1, 2, 1, 2, 1),
                // Groups and depthwise.
                new ConvSpec(2, 8, 9, 12, 18, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3),
                new ConvSpec(1, 9, 8, 64, 64, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 2),
                new ConvSpec(2, 7, 8, 19, 19, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 19),
                new ConvSpec(2, 9, 7, 32, 32, 5, 3, 2, 1, 2, 1, 1, 0, 1, 2, 32),
                new ConvSpec(1, 6, 6, 6, 12, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6),
                new ConvSpec(1, 6, 6, 96, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
                // Layers of the network, on smaller images.
                ConvSpec.square(2, 32, 32, 3, 64, 3, 1, 1),
                ConvSpec.square(1, 30, 28, 64, 64, 3, 1, 1),
                ConvSpec.square(2, 16, 16, 16, 16, 3, 1, 1),
                ConvSpec.square(1, 33, 32, 48, 16, 3, 1, 1),
                ConvSpec.square(2, 8, 8, 128, 128, 3, 1, 1),
                ConvSpec.square(1, 4, 4, 512, 256, 3, 1, 1),
                ConvSpec.square(1, 5, 4, 1024, 32, 3, 1, 1),
                ConvSpec.square(1, 16, 16, 64, 3, 3, 1, 1),
                ConvSpec.square(1, 40, 32, 16, 3, 3, 1, 1),
                ConvSpec.square(1, 16, 16, 64, 4, 1, 1, 0),
                ConvSpec.square(1, 9, 9, 64, 1, 3, 1, 1)));
        for (int channels : new int[] {2, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65}) {
            list.add(ConvSpec.square(1, 6, 5, channels, channels + 1, 3, 1, 1));
        }
        return list.stream();
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void forwardMatchesTheDefinition(ConvSpec s) {
        float[] x = tensor(s.n() * s.h() * s.w() * s.cin(), 1);
        float[] w = tensor(s.weightSize(), 2);
        float[] bias = tensor(s.cout(), 3);
        int size = s.outPixels() * s.cout();
        for (float slope : new float[] {1f, 0.2f, 0f}) {
            for (float[] b : Arrays.asList(bias, null)) {
                double[] expected = forward(s, slope, x, w, b);
                check(s, "simd forward", expected, x, w, () -> {
                    float[] y = garbage(size);
                    dev.obverse.backend.cpu.simd.ConvForward.run(
                            ConvAlgorithm.DIRECT, s, slope, ImageParts.of(x, s.cin()), w, b, y);
                    return y;
                });
                check(s, "scalar forward", expected, x, w, () -> {
                    float[] y = garbage(size);
                    dev.obverse.backend.cpu.scalar.ConvForward.run(s, slope, x, w, b, y);
                    return y;
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void inputGradientMatchesTheDefinition(ConvSpec s) {
        float[] dy = tensor(s.outPixels() * s.cout(), 4);
        float[] w = tensor(s.weightSize(), 5);
        int size = s.n() * s.h() * s.w() * s.cin();
        var expected = new double[size];
        walk(s, (x, k, y) -> expected[x] += (double) dy[y] * w[k]);
        check(s, "simd input gradient", expected, dy, w, () -> {
            float[] dx = garbage(size);
            dev.obverse.backend.cpu.simd.ConvInputGradient.run(
                    ConvAlgorithm.DIRECT, s, dy, w, ImageParts.of(dx, s.cin()));
            return dx;
        });
        check(s, "scalar input gradient", expected, dy, w, () -> {
            float[] dx = garbage(size);
            dev.obverse.backend.cpu.scalar.ConvInputGradient.run(s, dy, w, dx);
            return dx;
        });
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void weightGradientMatchesTheDefinition(ConvSpec s) {
        float[] x = tensor(s.n() * s.h() * s.w() * s.cin(), 6);
        float[] dy = tensor(s.outPixels() * s.cout(), 7);
        int size = s.weightSize();
        var expected = new double[size];
        walk(s, (i, k, o) -> expected[k] += (double) x[i] * dy[o]);
        check(s, "simd weight gradient", expected, x, dy, () -> {
            float[] dw = garbage(size);
            dev.obverse.backend.cpu.simd.ConvWeightGradient.run(
                    ConvAlgorithm.DIRECT, s, ImageParts.of(x, s.cin()), dy, dw);
            return dw;
        });
        check(s, "scalar weight gradient", expected, x, dy, () -> {
            float[] dw = garbage(size);
            dev.obverse.backend.cpu.scalar.ConvWeightGradient.run(s, x, dy, dw);
            return dw;
        });
    }

    static Stream<int[]> pixelsAndChannels() {
        return Stream.of(
                new int[] {0, 5},
                new int[] {1, 1},
                new int[] {7, 3},
                new int[] {999, 17},
                new int[] {3000, 64},
                new int[] {257, 130},
                new int[] {20000, 3});
    }

    @ParameterizedTest
    @MethodSource("pixelsAndChannels")
    void epilogueGradientMatchesTheDefinition(int[] shape) {
        int pixels = shape[0];
        int channels = shape[1];
        float[] y = tensor(pixels * channels, 8);
        float[] dy = tensor(pixels * channels, 9);
        for (float slope : new float[] {1f, 0.2f, 0f}) {
            var dz = new double[pixels * channels];
            var dbias = new double[channels];
            for (int i = 0; i < dz.length; i++) {
                dz[i] = dy[i] * (y[i] > 0 ? 1.0 : slope);
                dbias[i % channels] += dz[i];
            }
            for (boolean simd : new boolean[] {true, false}) {
                check(shape, "dz", dz, y, dy, () -> epilogue(simd, pixels, channels, slope, y, dy, true)[0]);
                check(shape, "dbias", dbias, y, dy, () -> epilogue(simd, pixels, channels, slope, y, dy, true)[1]);
                check(shape, "dz", dz, y, dy, () -> epilogue(simd, pixels, channels, slope, y, dy, false)[0]);
            }
        }
    }

    private static float[][] epilogue(
            boolean simd, int pixels, int channels, float slope, float[] y, float[] dy, boolean withBias) {
        float[] dz = garbage(pixels * channels);
        float[] dbias = garbage(channels);
        if (simd) {
            dev.obverse.backend.cpu.simd.ConvEpilogueGradient.run(
                    pixels, channels, slope, y, dy, dz, withBias ? dbias : null);
        } else {
            dev.obverse.backend.cpu.scalar.ConvEpilogueGradient.run(
                    pixels, channels, slope, y, dy, dz, withBias ? dbias : null);
        }
        return new float[][] {dz, dbias};
    }

    /** Runs a kernel with 1, 2 and 5 threads: the definition's values, the same bits, nothing else changed. */
    private static void check(
            Object shape, String what, double[] expected, float[] left, float[] right, Supplier<float[]> kernel) {
        float[] leftBefore = left.clone();
        float[] rightBefore = right.clone();
        Workers.setThreads(1);
        float[] once = kernel.get();
        double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0) + 1e-3;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], once[i], 4e-6 * scale, what + " of " + shapeName(shape) + " at " + i);
        }
        for (int i = expected.length; i < once.length; i++) {
            assertEquals(GARBAGE, once[i], what + " of " + shapeName(shape) + " wrote past its end, at " + i);
        }
        for (int threads : new int[] {2, 5}) {
            Workers.setThreads(threads);
            assertArrayEquals(bits(once), bits(kernel.get()), what + " with " + threads + " threads");
        }
        assertArrayEquals(bits(leftBefore), bits(left), what + " changed its first input");
        assertArrayEquals(bits(rightBefore), bits(right), what + " changed its second input");
    }

    private static String shapeName(Object shape) {
        return shape instanceof int[] sizes ? Arrays.toString(sizes) : shape.toString();
    }

    static int[] bits(float[] values) {
        var bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** Values in a longer array, as a pool hands it out. */
    static float[] tensor(int size, long seed) {
        var random = new Random(seed);
        var values = garbage(size);
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat(-1f, 1f);
        }
        return values;
    }

    static float[] garbage(int size) {
        var values = new float[size + SLACK];
        Arrays.fill(values, GARBAGE);
        return values;
    }

    private static double[] forward(ConvSpec s, float slope, float[] x, float[] w, float @Nullable [] bias) {
        var y = new double[s.outPixels() * s.cout()];
        walk(s, (i, k, o) -> y[o] += (double) x[i] * w[k]);
        for (int i = 0; i < y.length; i++) {
            double v = bias == null ? y[i] : y[i] + bias[i % s.cout()];
            y[i] = v > 0 ? v : slope * v;
        }
        return y;
    }

    private interface Product {
        void at(int x, int w, int y);
    }

    /** Every product of the definition, by its indices into image, weight and result. */
    private static void walk(ConvSpec s, Product product) {
        int inputs = s.cin() / s.groups();
        int outputs = s.cout() / s.groups();
        for (int n = 0; n < s.n(); n++) {
            for (int oy = 0; oy < s.outH(); oy++) {
                for (int ox = 0; ox < s.outW(); ox++) {
                    for (int ky = 0; ky < s.kh(); ky++) {
                        for (int kx = 0; kx < s.kw(); kx++) {
                            int iy = oy * s.strideH() + ky * s.dilationH() - s.padTop();
                            int ix = ox * s.strideW() + kx * s.dilationW() - s.padLeft();
                            if (iy < 0 || iy >= s.h() || ix < 0 || ix >= s.w()) {
                                continue;
                            }
                            for (int ci = 0; ci < inputs; ci++) {
                                for (int co = 0; co < s.cout(); co++) {
                                    int group = co / outputs;
                                    product.at(
                                            ((n * s.h() + iy) * s.w() + ix) * s.cin() + group * inputs + ci,
                                            ((ky * s.kw() + kx) * inputs + ci) * s.cout() + co,
                                            ((n * s.outH() + oy) * s.outW() + ox) * s.cout() + co);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
