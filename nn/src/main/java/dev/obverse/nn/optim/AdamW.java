package dev.obverse.nn.optim;

import dev.obverse.nn.Parameter;
import java.util.List;
import java.util.SequencedMap;

/** Adam with decoupled weight decay: {@code w *= 1 - lr decay} (Loshchilov and Hutter 2019). */
public final class AdamW extends Adam {
    /** One group with weight decay 0.01, betas 0.9 and 0.999, eps 1e-8, as PyTorch. */
    public AdamW(SequencedMap<String, Parameter> parameters, double lr) {
        this(List.of(new Group(parameters, lr, 0.01)), 0.9, 0.999, 1e-8);
    }

    public AdamW(List<Group> groups, double beta1, double beta2, double eps) {
        super(groups, beta1, beta2, eps, true);
    }
}
