package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.AgainstReference.check;
import static dev.obverse.backend.cpu.AgainstReference.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions at extents that take every path: tiny, rows, long rows, narrow and wide columns, one block and many. */
class ReduceTest {
    private static final String SHAPES = """
        1, 1, 1
        5, 3, 2
        7, 33, 1
        1, 40000, 1
        3, 100003, 1
        1, 50000, 3
        2, 70001, 5
        1, 9000, 17
        1, 3000, 64
        2, 1025, 100
        3, 700, 257
        1, 40, 5000
        90, 12, 1500
        70, 600, 64
        100, 5, 7
        4, 0, 6
        0, 4, 6
        3, 4, 0
        """;

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void sum(int outer, int extent, int inner) {
        var spec = new ReduceSpec(outer, extent, inner);
        check(1e-6, backend -> {
            var y = backend.memory().allocate(outer * inner);
            backend.reduce().sum(spec, 0.5, normal(backend, 1, outer * extent * inner), y);
            return List.of(y);
        });
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void max(int outer, int extent, int inner) {
        if (extent == 0) {
            return;
        }
        var spec = new ReduceSpec(outer, extent, inner);
        check(0, backend -> {
            var y = backend.memory().allocate(outer * inner);
            backend.reduce().max(spec, normal(backend, 1, outer * extent * inner), y);
            return List.of(y);
        });
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void argmax(int outer, int extent, int inner) {
        if (extent == 0) {
            return;
        }
        var spec = new ReduceSpec(outer, extent, inner);
        var reference = new ReferenceBackend();
        var cpu = new CpuBackend(false, ConvAlgorithm.AUTO, new ArrayPool(1 << 28, true));
        int n = outer * extent * inner;
        assertArrayEquals(
                reference.reduce().argmax(spec, normal(reference, 1, n)),
                cpu.reduce().argmax(spec, normal(cpu, 1, n)));
    }

    /** All terms alike is the worst case of a running sum: each addition rounds the same way. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMillionEqualTermsKeepSixDigits(boolean vector) {
        var cpu = new CpuBackend(vector, ConvAlgorithm.AUTO, new ArrayPool(1 << 28, true));
        for (int inner : new int[] {1, 3, 64, 1000}) {
            int extent = 1_000_003;
            var values = new float[inner == 1000 ? 40_000 * inner : extent * inner];
            int rows = values.length / inner;
            Arrays.fill(values, 0.1f);
            var y = cpu.memory().allocate(inner);
            cpu.reduce().sum(new ReduceSpec(1, rows, inner), 1, AgainstReference.block(cpu, values), y);
            var sums = new double[inner];
            cpu.memory().read(y, sums);
            for (double sum : sums) {
                assertEquals(1, sum / (rows * (double) 0.1f), 1e-6);
            }
        }
    }
}
