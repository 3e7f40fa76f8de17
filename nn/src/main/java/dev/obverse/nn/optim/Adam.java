package dev.obverse.nn.optim;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.OuterProducts;
import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Tensor;
import java.util.List;
import java.util.SequencedMap;

/** Adam (Kingma and Ba 2015), in PyTorch's form: weight decay is added to the gradient. */
public sealed class Adam extends Optimizer permits AdamW {
    private final double beta1;
    private final double beta2;
    private final double eps;
    private final boolean decoupled;

    /** One group without weight decay, betas 0.9 and 0.999, eps 1e-8. */
    public Adam(SequencedMap<String, Parameter> parameters, double lr) {
        this(List.of(new Group(parameters, lr, 0)), 0.9, 0.999, 1e-8);
    }

    /** With decay rates of the two moments, from 0 to less than 1, and eps added to the root of the second. */
    public Adam(List<Group> groups, double beta1, double beta2, double eps) {
        this(groups, beta1, beta2, eps, false);
    }

    Adam(List<Group> groups, double beta1, double beta2, double eps, boolean decoupled) {
        super(groups, List.of("exp_avg", "exp_avg_sq"));
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps >= 0)) {
            throw new IllegalArgumentException("Adam: betas " + beta1 + " and " + beta2
                    + " must be from 0 to less than 1, and eps " + eps + " must be 0 or more");
        }
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.eps = eps;
        this.decoupled = decoupled;
    }

    @Override
    protected final void update(
            OptimizerKernels kernels, Tensor weight, Tensor gradient, List<Tensor> state, Update u) {
        kernels.adam(
                spec(u),
                weight.storage(),
                gradient.storage(),
                state.get(0).storage(),
                state.get(1).storage(),
                weight.size());
    }

    @Override
    protected final boolean update(
            OuterProductKernels kernels, Tensor weight, OuterProducts gradient, List<Tensor> state, Update u) {
        kernels.adam(
                spec(u),
                weight.storage(),
                gradient,
                state.get(0).storage(),
                state.get(1).storage());
        return true;
    }

    @Override
    public final boolean isDivisible() {
        return true;
    }

    @Override
    protected final OptimizerKernels.Adam spec(Update u) {
        return new OptimizerKernels.Adam(
                u.lr(), beta1, beta2, eps, u.weightDecay(), decoupled, u.gradientScale(), u.number());
    }
}
