package dev.obverse.tensor.op;

import dev.obverse.autograd.CustomFunction;
import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/** A user's own function as one node of the graph. */
public record Custom(CustomFunction.Calls function) implements Op {
    @Override
    public String name() {
        return function.name();
    }

    @Override
    public void checkDifferentiable() {
        if (!function.differentiable()) {
            throw new UnsupportedOperationException(name() + " has no backward, but an input requires a gradient:"
                    + " override backward, or apply it while recording is off or to detached tensors");
        }
    }

    @Override
    public void forward(Call call) {
        try (var _ = NoGrad.open()) {
            var result = function.forward(detached(call));
            call.result(result.shape(), copy(call, result));
        }
    }

    @Override
    public void backward(Call call) {
        var shape = call.resultShape();
        var gradient = Functional.wrap(shape, call.gradient(), call.backend());
        var result = Functional.wrap(shape, call.result(), call.backend());
        var gradients = function.backward(gradient, result, detached(call));
        if (gradients.length != call.inputCount()) {
            throw new IllegalStateException(name() + ": backward returned " + gradients.length + " gradients for "
                    + call.inputCount() + " inputs");
        }
        for (int i = 0; i < gradients.length; i++) {
            var g = gradients[i];
            if (!call.wants(i)) {
                continue;
            }
            if (g == null || !g.shape().equals(call.shape(i))) {
                throw new IllegalStateException(name() + ": backward returned " + (g == null ? "null" : g.shape())
                        + " as the gradient of input " + i + ", which has shape " + call.shape(i));
            }
            call.deliver(i, copy(call, g));
        }
    }

    private static Tensor[] detached(Call call) {
        var inputs = new Tensor[call.inputCount()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = call.input(i).detach();
        }
        return inputs;
    }

    /** The function may return memory that is not its own to give: an input, or a tensor it keeps. */
    private static Storage copy(Call call, Tensor tensor) {
        var copy = call.allocate(tensor.size());
        call.backend().index().copy(Strides.dense(tensor.size()), tensor.storage(), copy);
        return copy;
    }
}
