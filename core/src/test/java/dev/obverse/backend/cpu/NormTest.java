package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.AgainstReference.block;
import static dev.obverse.backend.cpu.AgainstReference.check;
import static dev.obverse.backend.cpu.AgainstReference.normal;

import dev.obverse.backend.Backend;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;
import dev.obverse.random.Philox;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Normalisation and softmax: consecutive groups, columns, one block and many. */
class NormTest {
    private static final String SHAPES = """
        1, 5, 3, 1
        1, 33333, 3, 1
        1, 4000, 64, 1
        1, 130, 1000, 1
        3, 700, 64, 1
        4, 9, 17, 1
        2, 2500, 4, 8
        2, 50, 6, 5
        3, 4000, 1, 16
        1, 1, 1, 40000
        300, 1, 1, 129
        7, 1, 1, 1
        0, 5, 3, 1
        """;

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void normalize(int a, int r1, int b, int r2) {
        var spec = new NormSpec(a, r1, b, r2, 1e-5);
        check(3e-6, backend -> {
            var x = normal(backend, 1, spec.size());
            // A mean that is large against the deviation is where one-pass formulas fail.
            backend.elementwise().unary(Unary.affine(1, 30), x, x, spec.size());
            return normalized(backend, spec, x);
        });
    }

    private static List<Storage> normalized(Backend backend, NormSpec spec, Storage x) {
        var y = backend.memory().allocate(spec.size());
        var mean = backend.memory().allocate(spec.groups());
        var variance = backend.memory().allocate(spec.groups());
        backend.norm().normalize(spec, x, null, null, mean, variance, y);
        return List.of(y, mean, variance);
    }

    /** Squares about a first row that is far from all others would lose as many digits as there are rows. */
    @ParameterizedTest
    @CsvSource({"1, 600", "3, 600", "16, 3000", "64, 600", "300, 200"})
    void firstRowFarFromTheRest(int channels, int rows) {
        var values = new float[rows * channels];
        new Philox(5).fillNormal(values, 1000, 1);
        Arrays.fill(values, 0, channels, 0);
        var spec = new NormSpec(1, rows, channels, 1, 1e-5);
        check(3e-6, backend -> normalized(backend, spec, block(backend, values)));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void gradient(int a, int r1, int b, int r2) {
        for (boolean own : new boolean[] {true, false}) {
            var spec = new NormSpec(a, r1, b, r2, 0.1, 0.2, own);
            check(4e-6, backend -> {
                var memory = backend.memory();
                var variance = normal(backend, 2, spec.groups());
                backend.elementwise().unary(Unary.of(Unary.Kind.SQUARE), variance, variance, spec.groups());
                var dx = memory.allocate(spec.size());
                var dgamma = memory.allocate(spec.columns());
                var dbeta = memory.allocate(spec.columns());
                backend.norm()
                        .normalizeGradient(
                                spec,
                                normal(backend, 1, spec.size()),
                                normal(backend, 4, spec.columns()),
                                normal(backend, 5, spec.columns()),
                                normal(backend, 6, spec.groups()),
                                variance,
                                normal(backend, 3, spec.size()),
                                dx,
                                dgamma,
                                dbeta);
                return List.of(dx, dgamma, dbeta);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "5, 16", "4, 33", "900, 100", "2, 70000", "0, 5", "5, 0"})
    void softmax(int rows, int n) {
        check(2e-6, backend -> {
            var memory = backend.memory();
            var x = normal(backend, 1, rows * n);
            var dy = normal(backend, 2, rows * n);
            var y = memory.allocate(rows * n);
            var dx = memory.allocate(rows * n);
            var log = memory.allocate(rows * n);
            var dlog = memory.allocate(rows * n);
            backend.norm().softmax(rows, n, x, y);
            backend.norm().softmaxGradient(rows, n, y, dy, dx);
            backend.norm().logSoftmax(rows, n, x, log);
            backend.norm().logSoftmaxGradient(rows, n, log, dy, dlog);
            return List.of(y, dx, log, dlog);
        });
    }
}
