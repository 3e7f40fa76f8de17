package dev.obverse.contract;

import static dev.obverse.contract.KernelCase.block;
import static dev.obverse.contract.KernelCase.normal;
import static dev.obverse.contract.KernelCase.read;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Unary;
import dev.obverse.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** What kernels promise beyond what ops ask of them. */
final class KernelCases {
    private static final int[] LENGTHS = {0, 1, 3, 16, 17, 33, 1009};

    private final List<KernelCase> cases = new ArrayList<>();

    private KernelCases() {}

    static List<KernelCase> all() {
        var all = new KernelCases();
        all.memory();
        all.inPlace();
        all.comparisons();
        all.matmuls();
        all.inference();
        all.others();
        return all.cases;
    }

    private void memory() {
        for (int n : LENGTHS) {
            add("memory of " + n, b -> {
                var block = normal(b, 1, n);
                var floats = new float[n];
                b.memory().read(block, floats);
                var again = b.memory().allocate(n);
                b.memory().write(read(b, block), again);
                var filled = b.memory().allocate(n);
                b.memory().fill(filled, -2.5);
                b.memory().release(b.memory().allocate(n));
                var adopted = b.memory().adopt(floats.clone());
                var widened = new double[n];
                Arrays.setAll(widened, i -> floats[i]);
                return List.of(widened, read(b, again), read(b, filled), read(b, adopted));
            });
        }
    }

    private void inPlace() {
        for (int n : LENGTHS) {
            add("in place, " + n, b -> {
                var x = normal(b, 1, n);
                b.elementwise().unary(Unary.affine(2, 1), x, x, n);
                var y = normal(b, 2, n);
                var dy = normal(b, 3, n);
                b.elementwise().unaryGradient(Unary.of(Unary.Kind.TANH), x, y, dy, dy, n);
                var a = normal(b, 4, n);
                b.elementwise().binary(Binary.ADD, Broadcast.none(n), a, y, a);
                var c = normal(b, 5, n);
                b.elementwise().binary(Binary.MUL, Broadcast.none(n), y, c, c);
                b.elementwise().accumulate(dy, y, n);
                return List.of(read(b, x), read(b, dy), read(b, a), read(b, c), read(b, y));
            });
        }
        add("broadcast onto itself", b -> {
            var y = normal(b, 1, 5 * 17);
            var bias = normal(b, 2, 17);
            b.elementwise()
                    .binary(
                            Binary.ADD,
                            new Broadcast(new int[] {5, 17}, new int[] {17, 1}, new int[] {0, 1}),
                            y,
                            bias,
                            y);
            return List.of(read(b, y));
        });
    }

    private void comparisons() {
        for (var f : List.of(Binary.EQUAL, Binary.HEAVISIDE)) {
            add("compare, " + f, b -> {
                var x = block(b, 1, 2, 3, 3, 0, -0f, -1, 5, 7, 8, 9, 1, 2, 3, 4, 5, 6);
                var y = block(b, 1, 1, 4, 3, -0f, 0, -1, 6, 6, 8, 0, 1, 3, 3, 3, 5, 9);
                var z = b.memory().allocate(17);
                b.elementwise().binary(f, Broadcast.none(17), x, y, z);
                return List.of(read(b, z));
            });
        }
        for (int n : new int[] {1, 3, 16, 17, 33, 1009}) {
            add("argmax of " + n, b -> {
                var row = b.reduce().argmax(new ReduceSpec(3, n, 1), normal(b, 1, 3 * n));
                var column = b.reduce().argmax(new ReduceSpec(1, n, 5), normal(b, 2, 5 * n));
                return List.of(widened(row), widened(column));
            });
        }
        add("argmax, the first of equals", b -> {
            var x = block(b, 1, 4, 4, 2, 0, 0, 0, 0, -1, -2, -1, -1);
            return List.of(
                    widened(b.reduce().argmax(new ReduceSpec(3, 4, 1), x)),
                    widened(b.reduce().argmax(new ReduceSpec(1, 3, 4), x)));
        });
    }

    private void matmuls() {
        for (int bits = 0; bits < 16; bits++) {
            var spec = new MatmulSpec(3, 5, 18, 7, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
            add(spec.toString(), 7, b -> {
                var x = normal(b, 1, spec.broadcastA() ? 35 : 105);
                var y = normal(b, 2, spec.broadcastB() ? 126 : 378);
                var z = b.memory().allocate(3 * 5 * 18);
                b.matmul().matmul(spec, x, y, z);
                return List.of(read(b, z));
            });
        }
    }

    /** All that may end a convolution, and a weight that is used again before and after it has changed. */
    private void inference() {
        var specs = new ArrayList<ConvSpec>();
        for (int channels : new int[] {1, 3, 16, 17, 33, 64}) {
            for (int stride : new int[] {1, 2, 3}) {
                specs.add(new ConvSpec(
                        2, 9, 7, channels, channels, 3, 3, stride, stride, 1, 1, 1, 1, 1, 1, channels)); // depthwise
            }
            specs.add(new ConvSpec(1, 3, 2, channels, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, channels));
            specs.add(new ConvSpec(1, 6, 8, channels, channels, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, channels));
            specs.add(new ConvSpec(1, 7, 6, channels, channels, 3, 3, 2, 2, 0, 0, 1, 1, 1, 1, channels));
            specs.add(new ConvSpec(1, 5, 11, channels, channels, 3, 3, 2, 1, 0, 2, 1, 0, 1, 1, channels));
            specs.add(new ConvSpec(1, 8, 9, channels, channels, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, channels));
            specs.add(new ConvSpec(1, 7, 7, channels, channels, 7, 7, 1, 1, 0, 0, 0, 0, 1, 1, channels));
            specs.add(ConvSpec.square(2, 5, 7, channels, 32, 1, 1, 0));
            specs.add(ConvSpec.square(1, 9, 9, 16, channels, 3, 2, 1));
        }
        specs.add(ConvSpec.square(1, 3, 5, 256, 64, 1, 1, 0));
        specs.add(ConvSpec.square(1, 3, 5, 1024, 16, 1, 1, 0));
        specs.add(ConvSpec.square(2, 16, 16, 32, 32, 3, 1, 1));
        specs.add(ConvSpec.square(1, 16, 16, 3, 32, 3, 2, 1));
        specs.add(ConvSpec.square(2, 7, 97, 3, 32, 3, 2, 1));
        specs.add(new ConvSpec(1, 6, 31, 4, 64, 2, 3, 1, 1, 0, 1, 1, 1, 1, 1, 1));
        specs.add(ConvSpec.square(1, 14, 14, 64, 96, 1, 1, 0));
        specs.add(new ConvSpec(1, 6, 6, 12, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3));
        specs.add(ConvSpec.square(0, 6, 6, 16, 16, 3, 1, 1));
        for (var spec : specs) {
            add("inference, " + spec, 9 * spec.cin(), b -> inferred(b, spec));
        }
    }

    private static List<double[]> inferred(Backend b, ConvSpec spec) {
        int size = spec.outPixels() * spec.cout();
        var x = normal(b, 1, spec.n() * spec.h() * spec.w() * spec.cin());
        var w = normal(b, 2, spec.weightSize());
        var bias = normal(b, 3, spec.cout());
        var residual = normal(b, 4, size);
        var slopes = normal(b, 5, spec.cout());
        // Errors are relative to the largest value that is left, so no case bounds both sides.
        double high = 1.5 * Math.sqrt((double) spec.weightSize() / spec.cout());
        var results = new ArrayList<double[]>();
        for (var tail : List.of(
                ConvTail.leaky(1),
                ConvTail.leaky(0.2),
                new ConvTail(residual, 1, null, Double.POSITIVE_INFINITY),
                new ConvTail(null, 1, slopes, Double.POSITIVE_INFINITY),
                new ConvTail(null, 1, null, high),
                new ConvTail(residual, 1, slopes, high))) {
            var y = b.memory().allocate(size);
            b.conv().infer(spec, tail, List.of(x), w, results.size() % 2 == 0 ? bias : null, y);
            results.add(read(b, y));
        }
        var changed = new float[spec.weightSize()];
        new Philox(7, 6).fillNormal(changed, 0, 1);
        b.memory().write(changed, w);
        var y = b.memory().allocate(size);
        b.conv().infer(spec, ConvTail.leaky(1), List.of(x), w, null, y);
        results.add(read(b, y));
        return results;
    }

    private void others() {
        for (double slope : new double[] {0, 0.2, 1}) {
            for (int channels : new int[] {1, 3, 16, 17, 33}) {
                add("epilogue gradient, slope " + slope + ", " + channels + " channels", 61, b -> {
                    var y = normal(b, 1, 61 * channels);
                    var dy = normal(b, 2, 61 * channels);
                    var dz = b.memory().allocate(61 * channels);
                    var dbias = b.memory().allocate(channels);
                    b.conv().epilogueGradient(61, channels, slope, y, dy, dz, null);
                    b.conv().epilogueGradient(61, channels, slope, y, dy, dy, dbias);
                    return List.of(read(b, dz), read(b, dy), read(b, dbias));
                });
            }
        }
        add("convolution overwrites its results", 100, b -> {
            var spec = ConvSpec.square(1, 4, 5, 3, 2, 3, 1, 1);
            var x = normal(b, 1, 60);
            var w = normal(b, 2, 54);
            var y = normal(b, 3, 40);
            var dx = normal(b, 4, 60);
            var dw = normal(b, 5, 54);
            b.conv().forward(spec, 0.2, List.of(x), w, null, y);
            b.conv().inputGradient(spec, y, w, List.of(dx));
            b.conv().weightGradient(spec, List.of(x), y, dw);
            return List.of(read(b, y), read(b, dx), read(b, dw));
        });
        for (int channels : new int[] {3, 16}) {
            add("convolution of two blocks, " + channels + " channels each", 18 * channels, b -> {
                var spec = ConvSpec.square(1, 12, 13, 2 * channels, 16, 3, 1, 1);
                var x = List.of(normal(b, 1, 156 * channels), normal(b, 2, 156 * channels));
                var w = normal(b, 3, spec.weightSize());
                var y = normal(b, 4, 156 * 16);
                var dx = List.of(normal(b, 5, 156 * channels), normal(b, 6, 156 * channels));
                var dw = normal(b, 7, spec.weightSize());
                var slopes = normal(b, 8, 16);
                b.conv().infer(spec, new ConvTail(null, 1, slopes, Double.POSITIVE_INFINITY), x, w, null, y);
                var inferred = read(b, y);
                b.conv().forward(spec, 0.2, x, w, null, y);
                b.conv().inputGradient(spec, y, w, dx);
                b.conv().weightGradient(spec, x, y, dw);
                return List.of(inferred, read(b, y), read(b, dx.get(0)), read(b, dx.get(1)), read(b, dw));
            });
        }
        add("copy leaves the rest alone", b -> {
            var to = normal(b, 1, 40);
            var spec = new CopySpec(new int[] {3, 4}, 5, new int[] {6, -1}, 2, new int[] {10, 2});
            b.index().copy(spec, normal(b, 2, 30), to);
            return List.of(read(b, to));
        });
        for (int channels : new int[] {1, 3, 16, 17}) {
            add("mean and variance, " + channels + " channels", 4 * 37, b -> {
                var spec = new NormSpec(2, 37, channels, 4, 1e-5);
                var x = normal(b, 1, 2 * 37 * channels * 4);
                var y = b.memory().allocate(x.length());
                var mean = b.memory().allocate(spec.groups());
                var variance = b.memory().allocate(spec.groups());
                b.norm().normalize(spec, x, null, null, mean, variance, y);
                return List.of(read(b, y), read(b, variance), plusOne(read(b, mean)));
            });
        }
        for (boolean own : new boolean[] {true, false}) {
            add("gradients of a norm one by one, " + (own ? "own" : "given") + " statistics", 60, b -> {
                var spec = new NormSpec(3, 20, 4, 3, 1e-5, 0.2, own);
                var x = normal(b, 1, spec.size());
                var gamma = normal(b, 2, spec.columns());
                var beta = normal(b, 3, spec.columns());
                var mean = normal(b, 4, spec.groups());
                var variance = b.memory().allocate(spec.groups());
                b.memory().fill(variance, 0.5);
                var dy = normal(b, 5, spec.size());
                b.norm()
                        .normalize(
                                spec, x, gamma, beta, mean, variance, b.memory().allocate(spec.size()));
                var dx = b.memory().allocate(spec.size());
                var dgamma = b.memory().allocate(spec.columns());
                var dbeta = b.memory().allocate(spec.columns());
                b.norm().normalizeGradient(spec, x, gamma, beta, mean, variance, dy, dx, null, null);
                b.norm().normalizeGradient(spec, x, gamma, beta, mean, variance, dy, null, dgamma, null);
                b.norm().normalizeGradient(spec, x, gamma, beta, mean, variance, dy, null, null, dbeta);
                return List.of(read(b, dx), read(b, dgamma), read(b, dbeta));
            });
        }
    }

    /** A mean is near 0 by chance; its error is relative to the values, which are of order 1. */
    private static double[] plusOne(double[] values) {
        return Arrays.stream(values).map(v -> v + 1).toArray();
    }

    private static double[] widened(int[] values) {
        return Arrays.stream(values).asDoubleStream().toArray();
    }

    private void add(String name, Function<Backend, List<double[]>> run) {
        add(name, 1, run);
    }

    private void add(String name, int terms, Function<Backend, List<double[]>> run) {
        cases.add(new KernelCase(name, terms, run));
    }
}
