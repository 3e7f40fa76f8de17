package dev.obverse.nn.metric;

import java.util.Arrays;

/**
 * Verification: how well a score separates genuine pairs (one identity) from impostor pairs (two).
 *
 * <p>A pair is accepted when its score reaches a threshold. TAR, the true accept rate, is the share of genuine pairs
 * accepted; FAR, the false accept rate, that of impostor pairs.
 */
public final class Roc {
    /**
     * One working point.
     *
     * @param threshold lowest score accepted
     * @param far the false accept rate really reached, at or below the one asked for
     */
    public record Point(double threshold, double tar, double far) {}

    private final double[] genuine;
    private final double[] impostor;

    /**
     * The curve of these pairs.
     *
     * @param scores higher is more alike
     * @param isGenuine whether the pair with the score of the same index is of one identity
     * @throws IllegalArgumentException unless there are pairs of both kinds, all with a score that is a number
     */
    public Roc(double[] scores, boolean[] isGenuine) {
        if (scores.length != isGenuine.length) {
            throw new IllegalArgumentException(
                    "There are " + scores.length + " scores but " + isGenuine.length + " answers for them");
        }
        genuine = sorted(scores, isGenuine, true);
        impostor = sorted(scores, isGenuine, false);
        if (genuine.length == 0 || impostor.length == 0) {
            throw new IllegalArgumentException("A ROC needs genuine and impostor pairs, but there are " + genuine.length
                    + " and " + impostor.length);
        }
    }

    /** Every pair of the embeddings, scored by cosine. */
    public static Roc ofAllPairs(float[][] embeddings, int[] ids) {
        Cosine.checkIds("embeddings", embeddings, ids);
        int n = ids.length;
        int pairs = Math.multiplyExact(n, n - 1) / 2;
        var scores = new double[pairs];
        var isGenuine = new boolean[pairs];
        int pair = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                scores[pair] = Cosine.similarity(embeddings[i], embeddings[j]);
                isGenuine[pair++] = ids[i] == ids[j];
            }
        }
        return new Roc(scores, isGenuine);
    }

    private static double[] sorted(double[] scores, boolean[] isGenuine, boolean wanted) {
        var chosen = new double[scores.length];
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("The score of pair " + i + " is not a number");
            }
            if (isGenuine[i] == wanted) {
                chosen[count++] = scores[i] + 0.0; // -0.0 becomes 0.0: a sort tells them apart, a comparison does not
            }
        }
        chosen = Arrays.copyOf(chosen, count);
        Arrays.sort(chosen);
        return chosen;
    }

    /**
     * The working point with the most genuine pairs accepted at a false accept rate of {@code far} or less. With fewer
     * than {@code 1/far} impostor pairs none of them may be accepted, and the figure says little.
     *
     * @param far on [0,1]
     */
    public Point tarAtFar(double far) {
        if (!(far >= 0 && far <= 1)) {
            throw new IllegalArgumentException(
                    "A false accept rate lies between 0 and 1, but " + far + " was asked for");
        }
        // A rate given in decimals must allow the count it names: 0.7 of 10 is 7, though 0.7 * 10 may fall short of it.
        int allowed = (int) Math.floor(far * impostor.length + 1e-9);
        double threshold;
        if (allowed >= impostor.length) {
            threshold = Math.min(genuine[0], impostor[0]);
        } else {
            // All scores above the best impostor that must be refused; equal scores stand and fall together.
            threshold = Math.nextUp(impostor[impostor.length - 1 - allowed]);
        }
        return new Point(threshold, shareFrom(genuine, threshold), shareFrom(impostor, threshold));
    }

    /** The chance that a genuine pair scores higher than an impostor pair, equal scores counting one half. */
    public double areaUnderCurve() {
        double wins = 0;
        for (double score : genuine) {
            wins += 0.5 * (below(impostor, score) + below(impostor, Math.nextUp(score)));
        }
        return wins / genuine.length / impostor.length;
    }

    /**
     * The share of pairs judged rightly at the best threshold, genuine and impostor pairs counting alike however many
     * there are of each: 1/2 is chance.
     */
    public double bestAccuracy() {
        double best = 0.5;
        for (double threshold : genuine) {
            best = Math.max(best, (shareFrom(genuine, threshold) + 1 - shareFrom(impostor, threshold)) / 2);
        }
        return best;
    }

    private static double shareFrom(double[] sorted, double threshold) {
        return (double) (sorted.length - below(sorted, threshold)) / sorted.length;
    }

    /** Number of elements less than {@code value}. */
    private static int below(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
