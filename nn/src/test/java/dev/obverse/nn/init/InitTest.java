package dev.obverse.nn.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InitTest {
    private static final int COUNT = 200_000; // more than one piece
    private static final Fans FANS = new Fans(50, 200);

    private static float[] draw(Initializer init, int count) {
        var values = new float[count];
        init.fill(values, FANS, new Philox(42));
        return values;
    }

    /**
     * Mean and deviation within five standard errors of what is promised, and the fourth moment to tell the shapes
     * apart.
     */
    private static void assertMoments(Initializer init, double mean, double deviation, double kurtosis) {
        var values = draw(init, COUNT);
        double m = 0;
        for (float v : values) {
            m += v / (double) COUNT;
        }
        double second = 0;
        double fourth = 0;
        for (float v : values) {
            second += Math.pow(v - m, 2) / COUNT;
            fourth += Math.pow(v - m, 4) / COUNT;
        }
        assertEquals(mean, m, 5 * deviation / Math.sqrt(COUNT));
        assertEquals(
                deviation, Math.sqrt(second), 5 * deviation / Math.sqrt(2.0 * COUNT) * Math.sqrt(kurtosis / 3 + 1));
        assertEquals(kurtosis, fourth / (second * second), 0.1);
    }

    /** The largest magnitude comes close to the bound and never reaches it. */
    private static void assertBound(Initializer init, double bound) {
        double largest = 0;
        for (float v : draw(init, COUNT)) {
            largest = Math.max(largest, Math.abs((double) v));
        }
        assertTrue(largest <= bound * (1 + 1e-7) && largest > 0.999 * bound, largest + " against " + bound);
    }

    @Test
    void kaiming() {
        double gain = Math.sqrt(2 / 1.04);
        assertMoments(Init.kaimingNormal(0.2), 0, gain / Math.sqrt(50), 3);
        assertMoments(Init.kaimingNormal(0, Init.Mode.FAN_OUT), 0, Math.sqrt(2) / Math.sqrt(200), 3);
        assertMoments(Init.kaimingUniform(1), 0, 1 / Math.sqrt(50), 1.8);
        assertBound(Init.kaimingUniform(0.2), gain * Math.sqrt(3.0 / 50));
        assertBound(Init.kaimingUniform(0.2, Init.Mode.FAN_OUT), gain * Math.sqrt(3.0 / 200));
    }

    @Test
    void xavier() {
        assertMoments(Init.xavierNormal(2), 0, 2 * Math.sqrt(2.0 / 250), 3);
        assertMoments(Init.xavierUniform(1), 0, Math.sqrt(2.0 / 250), 1.8);
        assertBound(Init.xavierUniform(1), Math.sqrt(6.0 / 250));
    }

    @Test
    void plainDistributions() {
        assertMoments(Init.normal(3, 0.5), 3, 0.5, 3);
        assertMoments(Init.uniform(-1, 3), 1, 4 / Math.sqrt(12), 1.8);
        for (float v : draw(Init.constant(0.25), 100)) {
            assertEquals(0.25f, v);
        }
    }

    @Test
    void truncatedNormalStaysInsideAndHasTheTextbookDeviation() {
        // Cut at two deviations: variance 1 - 2 * 2 phi(2) / (2 Phi(2) - 1), kurtosis likewise from the moments.
        double phi = Math.exp(-2) / Math.sqrt(2 * Math.PI);
        double mass = 0.954499736103642;
        double variance = 1 - 4 * phi / mass;
        double fourth = 3 - (2 * 8 * phi + 12 * phi) / mass;
        var init = Init.truncatedNormal(1, 0.1, 0.8, 1.2);
        assertMoments(init, 1, 0.1 * Math.sqrt(variance), fourth / (variance * variance));
        for (float v : draw(init, COUNT)) {
            assertTrue(v >= 0.8 && v <= 1.2);
        }
        assertThrows(IllegalArgumentException.class, () -> Init.truncatedNormal(0, 1, 5, 6));
    }

    @Test
    void theUpperEndOfAnOpenIntervalIsNeverDrawn() {
        for (float v : draw(Init.uniform(1, Math.nextUp(1f)), 1000)) {
            assertEquals(1f, v);
        }
    }

    @Test
    void theSameBitsAtAnyNumberOfThreadsAndNewOnesNextTime() {
        int before = Workers.threads();
        try {
            Workers.setThreads(1);
            var one = draw(Init.kaimingNormal(0), COUNT);
            Workers.setThreads(5);
            assertArrayEquals(one, draw(Init.kaimingNormal(0), COUNT));
        } finally {
            Workers.setThreads(before);
        }
        var random = new Philox(1);
        var first = new float[8];
        var second = new float[8];
        Init.normal(0, 1).fill(first, FANS, random);
        Init.normal(0, 1).fill(second, FANS, random);
        assertFalse(Arrays.equals(first, second));
    }

    @Test
    void fansCountConnections() {
        assertEquals(new Fans(7, 3), Fans.linear(Shape.of(3, 7)));
        assertEquals(new Fans(9 * 4, 9 * 16), Fans.conv2d(Shape.of(3, 3, 4, 16), 1));
        assertEquals(new Fans(9 * 2, 9 * 8), Fans.conv2d(Shape.of(3, 3, 2, 16), 2));
        // Kernel 2, stride 2: every output pixel sees one input pixel, every input pixel feeds four.
        assertEquals(new Fans(64, 4 * 32), Fans.convTranspose2d(Shape.of(2, 2, 64, 32), ConvOptions.DEFAULT.stride(2)));
        assertThrows(IllegalArgumentException.class, () -> Fans.linear(Shape.of(3)));
    }
}
