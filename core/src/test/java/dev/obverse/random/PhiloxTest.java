package dev.obverse.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The known-answer vectors that the authors publish with Random123 (kat_vectors, philox4x32 with 10 rounds). */
    @Test
    void knownAnswers() {
        assertBlock(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertBlock(-1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertBlock(
                0x85a308d3_243f6a88L,
                0x03707344_13198a2eL,
                0x299f31d0_a4093822L,
                0xd16cfe09,
                0x94fdcceb,
                0x5001e420,
                0x24126ea1);
    }

    private static void assertBlock(long counterLow, long counterHigh, long key, int... expected) {
        var block = new int[4];
        Philox.block(counterLow, counterHigh, key, block);
        assertArrayEquals(expected, block);
    }

    @Test
    void theSequenceIsTheBlocksOneAfterTheOther() {
        var random = new Philox(0);
        assertEquals(0x6627e8d5, random.nextInt());
        assertEquals(0xe169c58d, random.nextInt());
        random.position(3);
        assertEquals(0x9b00dbd8, random.nextInt());
        var second = new int[4];
        Philox.block(1, 0, 0, second);
        assertEquals(second[0], random.nextInt());
        assertEquals(5, random.position());
        random.position(0);
        assertEquals(0x6627e8d5, random.nextInt());
    }

    @Test
    void aPositionResumesASequence() {
        var one = new Philox(42, 7);
        var first = new float[1001];
        one.fillNormal(first, 0, 1);
        var resumed = new Philox(42, 7);
        resumed.position(one.position());
        assertEquals(one.nextLong(), resumed.nextLong());
    }

    @Test
    void streamsAndSeedsDiffer() {
        var random = new Philox(1);
        assertEquals(random.stream(3).nextLong(), new Philox(1).stream(3).nextLong());
        assertNotEquals(random.stream(3).nextLong(), random.stream(4).nextLong());
        assertNotEquals(random.stream(0).nextLong(), random.nextLong());
        assertNotEquals(random.stream(3).nextLong(), new Philox(2).stream(3).nextLong());
        assertNotEquals(
                random.stream(1).stream(2).nextLong(),
                random.stream(2).stream(1).nextLong());
    }

    @Test
    void uniformAndNormalHaveTheirMoments() {
        var uniform = new float[200_000];
        new Philox(5).fillUniform(uniform, 2, 4);
        assertMoments(uniform, 3, 1 / Math.sqrt(3));
        for (float v : uniform) {
            assertTrue(v >= 2 && v <= 4);
        }
        var normal = new float[200_001];
        new Philox(6).fillNormal(normal, -1, 0.5);
        assertMoments(normal, -1, 0.5);
        long beyondTwo = IntStream.range(0, normal.length)
                .filter(i -> Math.abs(normal[i] + 1) > 1)
                .count();
        assertEquals(0.0455, beyondTwo / 200_001.0, 0.003); // of a normal distribution
    }

    private static void assertMoments(float[] values, double mean, double deviation) {
        double m = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .average()
                .orElseThrow();
        double v = IntStream.range(0, values.length)
                .mapToDouble(i -> (values[i] - m) * (values[i] - m))
                .average()
                .orElseThrow();
        double five = 5 * deviation / Math.sqrt(values.length);
        assertEquals(mean, m, five);
        assertEquals(deviation, Math.sqrt(v), five);
    }

    @Test
    void permutationHoldsEveryNumberOnceAndMoves() {
        var order = new Philox(9).permutation(1000);
        var sorted = order.clone();
        Arrays.sort(sorted);
        assertArrayEquals(IntStream.range(0, 1000).toArray(), sorted);
        long kept = IntStream.range(0, 1000).filter(i -> order[i] == i).count();
        assertTrue(kept < 10, () -> kept + " of 1000 stayed in place");
        assertArrayEquals(order, new Philox(9).permutation(1000));
        assertEquals(0, new Philox(9).permutation(0).length);
    }

    /** A long fill is drawn in pieces on many threads: the same values as from many short ones. */
    @Test
    void longFillsAreManyShortOnes() {
        var atOnce = new float[300_001];
        var random = new Philox(5, 2);
        random.fillNormal(atOnce, 1, 2);
        var bitByBit = new Philox(5, 2);
        for (int i = 0; i < atOnce.length; i += 1000) {
            var part = new float[Math.min(1000, atOnce.length - i)];
            bitByBit.fillNormal(part, 1, 2);
            assertArrayEquals(part, Arrays.copyOfRange(atOnce, i, i + part.length));
        }
        assertEquals(bitByBit.nextInt(), random.nextInt());
    }
}
