package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.backend.cpu.conv.Correlation;
import dev.obverse.backend.cpu.conv.KeptWeights;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Weights that are kept in another order while somebody writes. */
class CpuStorageTest {
    private static final Correlation POINTWISE = new Correlation(
            1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 0, 1, 0, 1, 1, 1, false, List.of(new Correlation.Tap(0, 0, 0)));

    private final CpuStorage weight = new CpuStorage(new float[2], 2);

    /** What a convolution would multiply by: the two weights as they are now, or as they were kept. */
    private float[] inferred() {
        var copy = packed(into -> System.arraycopy(CpuStorage.array(weight), 0, into, 0, 2));
        return Arrays.copyOf(copy == null ? CpuStorage.array(weight) : copy, 2);
    }

    private float @Nullable [] packed(KeptWeights.Packing packing) {
        return CpuStorage.kept(weight).of(KeptWeights.Algorithm.DIRECT, POINTWISE, 2, packing);
    }

    @Test
    void whatWasPackedInTheMiddleOfAWriteIsForgotten() {
        CpuStorage.change(weight, values -> {
            values[0] = 1;
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(new float[] {1, 0}, inferred());
            }
            values[1] = 2;
        });
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(new float[] {1, 2}, inferred());
        }
    }

    @Test
    void whatIsPackedAcrossTheEndOfAWriteIsNotKept() {
        inferred();
        packed(into -> CpuStorage.change(weight, values -> values[0] = 1));
        assertArrayEquals(new float[] {1, 0}, inferred());
    }

    @Test
    void aWriteThatBreaksOffCountsToo() {
        assertArrayEquals(new float[2], inferred());
        assertArrayEquals(new float[2], inferred());
        assertThrows(
                IllegalStateException.class,
                () -> CpuStorage.change(weight, values -> {
                    values[0] = 1;
                    throw new IllegalStateException("half-written");
                }));
        assertArrayEquals(new float[] {1, 0}, inferred());
    }
}
