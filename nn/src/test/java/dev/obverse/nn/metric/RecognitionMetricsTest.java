package dev.obverse.nn.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** On data whose answers can be worked out by hand. */
class RecognitionMetricsTest {
    private static final double[] SCORES = {0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2};
    private static final boolean[] GENUINE = {true, true, false, true, true, false, false, false};

    @Test
    void cosineOfThreeFourFive() {
        assertEquals(0.96, Cosine.similarity(new float[] {3, 4}, new float[] {4, 3}), 1e-12);
        assertEquals(-1, Cosine.similarity(new float[] {1, 2}, new float[] {-2, -4}), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> Cosine.similarity(new float[] {0, 0}, new float[] {4, 3}));
        assertThrows(
                IllegalArgumentException.class,
                () -> Cosine.similarity(new float[] {Float.NaN, 0}, new float[] {4, 3}));
        assertThrows(IllegalArgumentException.class, () -> Cosine.similarity(new float[] {1}, new float[] {4, 3}));
    }

    @Test
    void trueAcceptRates() {
        var roc = new Roc(SCORES, GENUINE);
        // No impostor may pass: only what beats 0.7.
        var strict = roc.tarAtFar(0);
        assertEquals(0.5, strict.tar());
        assertEquals(0, strict.far());
        assertTrue(strict.threshold() > 0.7 && strict.threshold() <= 0.8);
        // A rate that the four impostors cannot resolve is the same as none.
        assertEquals(strict, roc.tarAtFar(0.2));
        // One of four may pass: everything above 0.4.
        assertEquals(1, roc.tarAtFar(0.25).tar());
        assertEquals(0.25, roc.tarAtFar(0.25).far());
        assertEquals(1, roc.tarAtFar(1).far());
    }

    @Test
    void impostorsOfOneScorePassTogetherOrNotAtAll() {
        var roc = new Roc(
                new double[] {0.5, 0.9, 0.5, 0.5, 0.1, 0.0}, new boolean[] {true, true, false, false, false, false});
        assertEquals(new Roc.Point(Math.nextUp(0.5), 0.5, 0), roc.tarAtFar(0.25));
        assertEquals(0.5, roc.tarAtFar(0.5).far());
        assertEquals(1, roc.tarAtFar(0.5).tar());
    }

    @Test
    void areaCountsTheWins() {
        // 4, 4, 3 and 3 of the four impostors lie below the genuine scores.
        assertEquals(14.0 / 16, new Roc(SCORES, GENUINE).areaUnderCurve(), 1e-12);
        assertEquals(0.5, new Roc(new double[] {1, 1}, new boolean[] {true, false}).areaUnderCurve(), 1e-12);
    }

    @Test
    void accuracyIsThatOfTheBestThreshold() {
        // At the lowest genuine score all of these pass, and one of four impostors.
        assertEquals((1 + 0.75) / 2, new Roc(SCORES, GENUINE).bestAccuracy(), 1e-12);
        assertEquals(0.5, new Roc(new double[] {1, 1}, new boolean[] {true, false}).bestAccuracy(), 1e-12);
        assertEquals(1, new Roc(new double[] {1, 0, 0}, new boolean[] {true, false, false}).bestAccuracy(), 1e-12);
    }

    @Test
    void rocNeedsBothKinds() {
        var error = assertThrows(
                IllegalArgumentException.class, () -> new Roc(new double[] {1, 2}, new boolean[] {true, true}));
        assertEquals("A ROC needs genuine and impostor pairs, but there are 2 and 0", error.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> new Roc(new double[] {1, Double.NaN}, new boolean[] {true, false}));
    }

    @Test
    void retrieval() {
        float[][] embeddings = {{1, 0}, {0.9f, 0.1f}, {0, 1}, {0.1f, 0.9f}, {0.6f, 0.5f}};
        int[] ids = {7, 7, 8, 8, 8};
        // The last is nearer to those of 7 than to its own kind.
        assertEquals(0.8, Cosine.leaveOneOutRank1(embeddings, ids), 1e-12);
        assertEquals(4, Cosine.nearest(new float[] {1, 1}, embeddings, -1));
        float[][] gallery = {{1, 0}, {0, 1}};
        assertEquals(0.8, Cosine.rank1(embeddings, ids, gallery, new int[] {7, 8}), 1e-12);
        // Genuine pairs: 0-1, 2-3, 2-4, 3-4; the area says how often one beats one of the six others.
        var roc = Roc.ofAllPairs(embeddings, ids);
        assertEquals(0.5, roc.tarAtFar(0).tar());
        assertThrows(IllegalArgumentException.class, () -> Cosine.nearest(gallery[0], new float[][] {{1, 0}}, 0));
    }

    @Test
    void accuracyTakesTheFirstOfEqualScores() {
        var accuracy = new Accuracy();
        accuracy.add(Tensor.of(new float[] {1, 2, 3, 3, 2, 3, 5, 5, 1}, 3, 3), new int[] {2, 0, 1});
        assertEquals(2.0 / 3, accuracy.value(), 1e-12);
        assertEquals(3, accuracy.total());
        var error = assertThrows(
                IllegalArgumentException.class, () -> accuracy.add(Tensor.of(new float[] {1, 2}, 1, 2), new int[] {2}));
        assertEquals("Label 2 of sample 0 is not one of the 2 classes", error.getMessage());
    }

    @Test
    void meanWeighsASmallerBatchLess() {
        var mean = new RunningMean();
        assertTrue(Double.isNaN(mean.mean()));
        mean.add(1, 3);
        mean.add(5);
        assertEquals(2, mean.mean(), 1e-12);
        assertEquals(4, mean.weight());
        mean.reset();
        mean.add(7);
        assertEquals(7, mean.mean(), 1e-12);
    }
}
