package dev.obverse.nn.optim;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Tensor;
import java.util.List;
import java.util.SequencedMap;

/** Stochastic gradient descent with momentum, in PyTorch's form. */
public final class SGD extends Optimizer {
    private final double momentum;
    private final boolean nesterov;

    /** One group without weight decay; momentum 0 is plain gradient descent. */
    public SGD(SequencedMap<String, Parameter> parameters, double lr, double momentum) {
        this(List.of(new Group(parameters, lr, 0)), momentum, false);
    }

    /** With Nesterov's look-ahead if wanted; the momentum is at least 0. */
    public SGD(List<Group> groups, double momentum, boolean nesterov) {
        super(groups, List.of("momentum_buffer"));
        if (!(momentum >= 0) || (nesterov && momentum == 0)) {
            throw new IllegalArgumentException(
                    "SGD: momentum " + momentum + " must be 0 or more, and more than 0 with Nesterov's look-ahead");
        }
        this.momentum = momentum;
        this.nesterov = nesterov;
    }

    @Override
    protected void update(OptimizerKernels kernels, Tensor weight, Tensor gradient, List<Tensor> state, Update u) {
        var spec = new OptimizerKernels.Sgd(u.lr(), momentum, u.weightDecay(), nesterov, u.gradientScale());
        kernels.sgd(spec, weight.storage(), gradient.storage(), state.get(0).storage(), weight.size());
    }
}
