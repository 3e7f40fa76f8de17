package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.AgainstReference.check;
import static dev.obverse.backend.cpu.AgainstReference.normal;

import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Unary;
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
        var spec = new NormSpec(a, r1, b, r2);
        int n = a * r1 * b * r2;
        check(3e-6, backend -> {
            var x = normal(backend, 1, n);
            // A mean that is large against the deviation is where one-pass formulas fail.
            backend.elementwise().unary(Unary.affine(1, 30), x, x, n);
            var y = backend.memory().allocate(n);
            var mean = backend.memory().allocate(spec.groups());
            var variance = backend.memory().allocate(spec.groups());
            backend.norm().normalize(spec, 1e-5, x, y, mean, variance);
            return List.of(y, mean, variance);
        });
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void gradient(int a, int r1, int b, int r2) {
        var spec = new NormSpec(a, r1, b, r2);
        int n = a * r1 * b * r2;
        check(2e-6, backend -> {
            var variance = normal(backend, 2, spec.groups());
            backend.elementwise().unary(Unary.of(Unary.Kind.SQUARE), variance, variance, spec.groups());
            var dx = backend.memory().allocate(n);
            backend.norm().normalizeGradient(spec, 0.1, normal(backend, 1, n), variance, normal(backend, 3, n), dx);
            return List.of(dx);
        });
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
