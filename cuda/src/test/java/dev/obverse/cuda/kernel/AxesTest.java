package dev.obverse.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AxesTest {
    @Test
    void aDenseCopyIsOneAxis() {
        var axes = Axes.of("copy", new int[] {2, 1, 3, 4}, new int[] {12, 7, 4, 1}, new int[] {12, 9, 4, 1});
        assertArrayEquals(new int[] {24}, axes.extents());
        assertTrue(axes.dense());
        assertTrue(axes.byFours(0, 8));
        assertFalse(axes.byFours(0, 2), "an offset that four elements do not fit");
        assertArrayEquals(new int[] {6}, axes.fours().extents());
    }

    @Test
    void aConcatenationOfChannelsKeepsTwo() {
        // [2,3,3,8] into channels 8 to 16 of [2,3,3,24]
        var axes = Axes.of("copy", new int[] {2, 3, 3, 8}, new int[] {72, 24, 8, 1}, new int[] {216, 72, 24, 1});
        assertArrayEquals(new int[] {18, 8}, axes.extents());
        assertArrayEquals(new int[] {8, 1}, axes.first());
        assertArrayEquals(new int[] {24, 1}, axes.second());
        assertTrue(axes.byFours(0, 8));
        var fours = axes.fours();
        assertArrayEquals(new int[] {18, 2}, fours.extents());
        assertArrayEquals(new int[] {2, 1}, fours.first());
        assertArrayEquals(new int[] {6, 1}, fours.second());
    }

    @Test
    void aFlipIsNotByFours() {
        var axes = Axes.of("copy", new int[] {3, 8}, new int[] {8, -1}, new int[] {8, 1});
        assertFalse(axes.byFours(4, 0));
        assertFalse(axes.dense());
    }

    @Test
    void moreAxesThanAKernelTakesAreRefused() {
        var extents = new int[9];
        Arrays.fill(extents, 2);
        var zigzag = new int[9];
        for (int i = 0; i < 9; i++) {
            zigzag[i] = i % 2;
        }
        var e = assertThrows(
                IllegalArgumentException.class,
                () -> Axes.of("add", extents, zigzag, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
        assertTrue(String.valueOf(e.getMessage()).startsWith("add: 9 axes"), e.getMessage());
    }

    @Test
    void theStructHasItsFieldsWhereTheKernelReadsThem() {
        var fields = new Axes(new int[] {5, 3}, new int[] {7, 1}, new int[] {9, 2}).fields();
        assertEquals(1 + 8 * 3 + 8 + 8, fields.length);
        assertEquals(2, fields[0]);
        assertEquals(5, fields[1]);
        assertEquals(3, fields[4]);
        assertEquals(7, fields[25]);
        assertEquals(9, fields[33]);
    }
}
