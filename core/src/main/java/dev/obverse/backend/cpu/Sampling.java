package dev.obverse.backend.cpu;

import dev.obverse.backend.ResizeSpec.Mode;

/**
 * Where the elements of a resized axis come from: element {@code i} is {@code (1 - weight[i]) x[low[i]] + weight[i]
 * x[high[i]]}. Both indices ascend.
 */
record Sampling(int[] low, int[] high, float[] weight) {

    static Sampling of(Mode mode, int in, int out) {
        var low = new int[out];
        var high = new int[out];
        var weight = new float[out];
        for (int i = 0; i < out; i++) {
            if (mode == Mode.NEAREST) {
                low[i] = (int) ((long) i * in / out);
                high[i] = low[i];
            } else {
                double at = Math.clamp((i + 0.5) * in / out - 0.5, 0.0, in - 1.0);
                low[i] = (int) at;
                high[i] = Math.min(low[i] + 1, in - 1);
                weight[i] = (float) (at - low[i]);
            }
        }
        return new Sampling(low, high, weight);
    }

    /** First element that reads input {@code index} or a later one. */
    int firstReading(int index) {
        int from = 0;
        int to = high.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (high[middle] < index) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
