package dev.obverse.nn.loss;

import dev.obverse.nn.Module;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.init.Fans;
import dev.obverse.nn.init.Init;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/**
 * The head of a recogniser in training: one learned direction for each identity, {@code weight [classes,width]}, and
 * logits {@code scale cos(angle to each)}, made harder for the right one by a margin. Feed them to
 * {@link Functional#crossEntropy}. A trained recogniser is used without it.
 */
public abstract sealed class MarginHead extends Module permits ArcFace, CosFace {
    private final double scale;
    private final Parameter weight;

    MarginHead(int width, int classes, double scale, Philox random) {
        if (!(scale > 0)) {
            throw new IllegalArgumentException(kind() + ": the scale must be more than 0, not " + scale);
        }
        this.scale = scale;
        var shape = Shape.of(classes, width);
        weight = parameter("weight", Init.xavierUniform(1).tensor(shape, Fans.linear(shape), random));
    }

    /**
     * Logits {@code [N,classes]} for {@code embeddings [N,width]} of any length.
     *
     * @param labels the right class of each embedding
     */
    public final Tensor logits(Tensor embeddings, int... labels) {
        int classes = weight.shape().dim(0);
        if (embeddings.rank() != 2
                || embeddings.dim(1) != weight.shape().dim(1)
                || embeddings.dim(0) != labels.length) {
            throw new IllegalArgumentException(kind() + ": embeddings " + embeddings.shape() + " must be ["
                    + labels.length + "," + weight.shape().dim(1) + "], a row for each label");
        }
        var rightClass = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(kind() + ": label " + labels[i] + " is not one of the " + classes
                        + " classes, 0 to " + (classes - 1));
            }
            rightClass[i * classes + labels[i]] = 1;
        }
        var cosines = Functional.l2Normalize(embeddings).matmulTransposed(Functional.l2Normalize(weight.value()));
        var right = cosines.gather(1, 1, labels);
        var change = harder(right).sub(right);
        var where = Tensor.of(embeddings.device(), rightClass, cosines.shape());
        return cosines.add(where.mul(change)).mul(scale);
    }

    /** What stands in place of the cosines {@code [N,1]} of the right classes. */
    abstract Tensor harder(Tensor cosine);

    @Override
    protected String details() {
        return weight.shape().dim(1) + " -> " + weight.shape().dim(0) + " classes, scale " + scale;
    }
}
