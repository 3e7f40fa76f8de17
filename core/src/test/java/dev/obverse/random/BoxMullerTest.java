package dev.obverse.random;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tables against {@link StrictMath}. */
class BoxMullerTest {
    /** Every value near the ends of the tables and of the range, and one of 97 of all others. */
    private static IntStream values() {
        return IntStream.range(0, 1 << 24)
                .filter(k -> k % 97 == 0 || k % 4096 < 2 || k % 4096 > 4094 || k < 5000 || k > (1 << 24) - 5000);
    }

    @Test
    void angles() {
        values().forEach(k -> {
            double angle = 2 * Math.PI * (k * 0x1p-24);
            assertEquals(StrictMath.sin(angle), BoxMuller.sine(k), 2e-15);
            assertEquals(StrictMath.cos(angle), BoxMuller.cosine(k), 2e-15);
        });
    }

    @Test
    void logarithms() {
        values().forEach(k -> {
            double expected = StrictMath.log((k + 1) * 0x1p-24);
            assertEquals(expected, BoxMuller.log(k + 1), Math.max(4e-16, 1e-15 * Math.abs(expected)));
        });
    }
}
