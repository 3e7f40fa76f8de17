package dev.obverse.tensor.op;

/**
 * A primitive: an operation that has its own gradient. Everything else is a composition of these.
 *
 * <p>An op is a record of its attributes. {@link #forward} checks the shapes, names the result's shape and computes it;
 * {@link #backward} turns the gradient of the result into gradients of the inputs that want one.
 */
public sealed interface Op
        permits AvgPool2d,
                Concat,
                Conv2d,
                ConvTranspose2d,
                Custom,
                Expand,
                Flip,
                Gather,
                IndexSelect,
                Matmul,
                Max,
                MaxPool2d,
                Normalize,
                Pad,
                Permute,
                Pointwise,
                PointwisePair,
                Reshape,
                Resize,
                Slice,
                Softmax,
                Sum {

    /** PyTorch's name of the operation, for messages. */
    String name();

    /** Computes the result. */
    void forward(Call call);

    /** Computes the gradient of every input that {@linkplain Call#wants wants} one. */
    void backward(Call call);

    /** Throws if the op has no gradient; called when it is recorded, so that none is lost silently. */
    default void checkDifferentiable() {}
}
