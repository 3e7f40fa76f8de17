package dev.obverse.benchmarks.side;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.random.Philox;
import org.junit.jupiter.api.Test;

class DigestTest {
    private static float[] normal(int length) {
        var values = new float[length];
        new Philox(1).fillNormal(values, 0, 1);
        return values;
    }

    @Test
    void survivesTheWay() {
        var digest = Digest.of(normal(100_000));
        var arrived = Digest.of(digest.bytes());
        assertArrayEquals(digest.values(), arrived.values());
        assertEquals(digest.rootMeanSquare(), arrived.rootMeanSquare());
    }

    @Test
    void equalResultsAreAtNoDistance() {
        assertEquals(0, Digest.of(normal(100_000)).distance(Digest.of(normal(100_000))));
    }

    /** A kernel that forgets the last channel, or the last column of an image. */
    @Test
    void aChannelLeftOutIsSeen() {
        var right = normal(8 * 32 * 32 * 16);
        var wrong = right.clone();
        for (int i = 15; i < wrong.length; i += 16) {
            wrong[i] = 0;
        }
        assertTrue(Digest.of(wrong).distance(Digest.of(right)) > 0.1);
    }

    @Test
    void roundingIsSmallAndNoiseIsNot() {
        var right = normal(10_000);
        var rounded = right.clone();
        var noisy = right.clone();
        for (int i = 0; i < right.length; i++) {
            rounded[i] *= 1 + 1e-6f;
            noisy[i] += 0.01f;
        }
        assertTrue(Digest.of(rounded).distance(Digest.of(right)) < 1e-5);
        assertTrue(Digest.of(noisy).distance(Digest.of(right)) > 5e-3);
    }

    @Test
    void whatCannotBeComparedIsInfinitelyFar() {
        var right = Digest.of(normal(100));
        assertEquals(Double.POSITIVE_INFINITY, right.distance(Digest.of(normal(99))));
        var broken = normal(100);
        broken[7] = Float.NaN;
        assertEquals(Double.POSITIVE_INFINITY, Digest.of(broken).distance(right));
        assertEquals(Double.POSITIVE_INFINITY, right.distance(Digest.of(broken)));
    }

    /** Each of a few figures counts by itself: a wrong small one must not hide behind a large one. */
    @Test
    void fewFiguresEachHaveTheirOwnSize() {
        var right = Digest.of(new float[] {1000, 1});
        assertEquals(0.5, Digest.of(new float[] {1000, 1.5f}).distance(right), 1e-6);
    }
}
