package dev.obverse.nn.metric;

import dev.obverse.tensor.Tensor;

/** The share of samples whose highest score is that of the right class. Not thread-safe. */
public final class Accuracy {
    private long right;
    private long total;

    /** Of no samples yet. */
    public Accuracy() {}

    /**
     * Takes a batch in.
     *
     * @param scores logits or probabilities, {@code [N,classes]}; of equal scores the lower class wins
     * @param labels N classes, from 0
     */
    public void add(Tensor scores, int[] labels) {
        var shape = scores.shape();
        if (shape.rank() != 2 || shape.dim(0) != labels.length || shape.dim(1) == 0) {
            throw new IllegalArgumentException("Accuracy needs scores of shape [N,classes] for N labels, but was given "
                    + shape + " for " + labels.length);
        }
        int classes = shape.dim(1);
        var values = scores.toArray();
        for (int n = 0; n < labels.length; n++) {
            if (labels[n] < 0 || labels[n] >= classes) {
                throw new IllegalArgumentException(
                        "Label " + labels[n] + " of sample " + n + " is not one of the " + classes + " classes");
            }
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (values[n * classes + c] > values[n * classes + best]) {
                    best = c;
                }
            }
            add(best == labels[n]);
        }
    }

    public void add(boolean isRight) {
        right += isRight ? 1 : 0;
        total++;
    }

    /** On [0,1]; NaN before the first sample. */
    public double value() {
        return (double) right / total;
    }

    public long total() {
        return total;
    }
}
