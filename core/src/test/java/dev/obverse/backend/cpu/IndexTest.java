package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.AgainstReference.check;
import static dev.obverse.backend.cpu.AgainstReference.normal;

import dev.obverse.backend.CopySpec;
import dev.obverse.backend.ReduceSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moving elements: every kind of inner loop, and enough of each for several pieces. */
class IndexTest {
    private static void copy(int sourceSize, int targetSize, CopySpec spec) {
        check(0, backend -> {
            var y = normal(backend, 2, targetSize);
            backend.index().copy(spec, normal(backend, 1, sourceSize), y);
            return List.of(y);
        });
    }

    private static CopySpec spec(int[] extents, int from, int[] sourceStrides, int to, int[] targetStrides) {
        return new CopySpec(extents, from, sourceStrides, to, targetStrides);
    }

    @Test
    void dense() {
        copy(100_003, 100_003, spec(new int[] {100_003}, 0, new int[] {1}, 0, new int[] {1}));
        copy(6, 6, spec(new int[] {}, 3, new int[] {}, 2, new int[] {}));
    }

    @Test
    void rowsIntoWiderRows() {
        copy(300 * 200, 300 * 500, spec(new int[] {300, 200}, 0, new int[] {200, 1}, 70, new int[] {500, 1}));
    }

    @Test
    void transposes() {
        copy(301 * 203, 301 * 203, spec(new int[] {203, 301}, 0, new int[] {1, 203}, 0, new int[] {301, 1}));
        copy(301 * 203, 301 * 203, spec(new int[] {301, 203}, 0, new int[] {203, 1}, 0, new int[] {1, 301}));
        // [2,3,70,90] to [2,70,90,3], images to channels last.
        copy(
                2 * 3 * 70 * 90,
                2 * 3 * 70 * 90,
                spec(new int[] {2, 70, 90, 3}, 0, new int[] {18900, 90, 1, 6300}, 0, new int[] {18900, 270, 3, 1}));
        // [5,40,11,60] to [60,11,40,5]: all axes reversed.
        copy(132_000, 132_000, spec(new int[] {60, 11, 40, 5}, 0, new int[] {1, 60, 660, 26400}, 0, new int[] {
            2200, 200, 5, 1
        }));
    }

    @Test
    void flipsAndRepeats() {
        copy(50_000, 50_000, spec(new int[] {50_000}, 49_999, new int[] {-1}, 0, new int[] {1}));
        copy(400, 400 * 300, spec(new int[] {300, 400}, 0, new int[] {0, 1}, 0, new int[] {400, 1}));
        copy(300, 400 * 300, spec(new int[] {300, 400}, 0, new int[] {1, 0}, 0, new int[] {400, 1}));
        copy(1, 70_000, spec(new int[] {70_000}, 0, new int[] {0}, 0, new int[] {1}));
        copy(900 * 100, 300 * 50, spec(new int[] {300, 50}, 5, new int[] {300, 2}, 0, new int[] {50, 1}));
    }

    @Test
    void nothing() {
        copy(10, 10, spec(new int[] {3, 0, 2}, 0, new int[] {0, 2, 1}, 0, new int[] {0, 2, 1}));
    }

    @ParameterizedTest
    @CsvSource({"1, 50, 70, 900", "6, 9, 40, 300", "300, 5, 12, 33", "1, 7, 0, 4", "0, 7, 3, 4", "2, 3, 5, 0"})
    void selections(int outer, int extent, int count, int inner) {
        var spec = new ReduceSpec(outer, extent, inner);
        var rows = new int[count];
        var elements = new int[outer * count * inner];
        for (int i = 0; i < count; i++) {
            rows[i] = i * 31 % extent;
        }
        for (int i = 0; i < elements.length; i++) {
            elements[i] = ((i * 7919) >>> 3) % extent;
        }
        check(1e-6, backend -> {
            var memory = backend.memory();
            var index = backend.index();
            var x = normal(backend, 1, outer * extent * inner);
            var dy = normal(backend, 2, outer * count * inner);
            var selected = memory.allocate(outer * count * inner);
            var gathered = memory.allocate(outer * count * inner);
            var dSelected = memory.allocate(outer * extent * inner);
            var dGathered = memory.allocate(outer * extent * inner);
            index.indexSelect(spec, rows, x, selected);
            index.indexSelectGradient(spec, rows, dy, dSelected);
            index.gather(spec, count, elements, x, gathered);
            index.gatherGradient(spec, count, elements, dy, dGathered);
            return List.of(selected, gathered, dSelected, dGathered);
        });
    }
}
