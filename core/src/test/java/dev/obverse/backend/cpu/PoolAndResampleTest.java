package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.AgainstReference.check;
import static dev.obverse.backend.cpu.AgainstReference.normal;

import dev.obverse.backend.Backend;
import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.backend.Storage;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pooling and resizing, forward and backward, at sizes that make several pieces. */
class PoolAndResampleTest {
    private static final String WINDOWS = """
        2, 48, 50, 16, 2, 2, 2, 2, 0, 0
        2, 49, 51, 32, 2, 2, 2, 2, 0, 0
        3, 30, 31, 17, 3, 3, 2, 2, 1, 1
        2, 40, 40, 5, 3, 2, 1, 3, 1, 0
        1, 9, 9, 1, 2, 2, 3, 3, 0, 0
        1, 4, 4, 64, 4, 4, 4, 4, 0, 0
        0, 4, 4, 3, 2, 2, 2, 2, 0, 0
        """;

    @ParameterizedTest
    @CsvSource(textBlock = WINDOWS)
    void pooling(int n, int h, int w, int c, int kh, int kw, int strideH, int strideW, int padH, int padW) {
        var spec = new PoolSpec(n, h, w, c, kh, kw, strideH, strideW, padH, padW);
        int in = n * h * w * c;
        int out = n * spec.outH() * spec.outW() * c;
        check(1e-6, backend -> {
            var memory = backend.memory();
            var x = ties(backend, in);
            var dy = normal(backend, 2, out);
            var max = memory.allocate(out);
            var dmax = memory.allocate(in);
            var mean = memory.allocate(out);
            var dmean = memory.allocate(in);
            backend.pool().max(spec, x, max);
            backend.pool().maxGradient(spec, x, max, dy, dmax);
            backend.pool().average(spec, x, mean);
            backend.pool().averageGradient(spec, dy, dmean);
            return List.of(max, dmax, mean, dmean);
        });
    }

    /** Whole numbers from 0 to 3: most windows have their maximum several times. */
    private static Storage ties(Backend backend, int length) {
        var values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = ((i * 7919) >>> 4) & 3;
        }
        return AgainstReference.block(backend, values);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 33, 47, 3, 66, 94",
        "1, 64, 64, 32, 128, 128",
        "2, 50, 40, 17, 23, 31",
        "1, 1, 1, 5, 7, 9",
        "3, 100, 3, 1, 30, 30",
        "0, 4, 4, 3, 8, 8"
    })
    void resizing(int n, int h, int w, int c, int outH, int outW) {
        for (var mode : ResizeSpec.Mode.values()) {
            var spec = new ResizeSpec(n, h, w, c, outH, outW, mode);
            check(1e-6, backend -> {
                var y = backend.memory().allocate(n * outH * outW * c);
                var dx = backend.memory().allocate(n * h * w * c);
                backend.resample().resize(spec, normal(backend, 1, n * h * w * c), y);
                backend.resample().resizeGradient(spec, normal(backend, 2, n * outH * outW * c), dx);
                return List.of(y, dx);
            });
        }
    }
}
