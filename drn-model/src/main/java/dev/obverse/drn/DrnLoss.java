package dev.obverse.drn;

import dev.obverse.nn.train.Loss;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;

/**
 * The terms of the training objective, Eqs. 1 to 6 of the paper and one that its text promises; see {@link Objective}.
 */
public final class DrnLoss {
    private final Objective objective;

    public DrnLoss(Objective objective) {
        this.objective = objective;
    }

    /**
     * Eq. 7: the weighted sum of the terms.
     *
     * @param recognised z_pre, the frozen recogniser's embedding of each original, {@code [N,embedding]}
     */
    public Loss of(Tensor original, Tensor recognised, Passes p) {
        var zo = p.identityOfOriginal();
        var identityTarget = objective.stopTarget() ? zo.detach() : zo;
        var ao = p.attributeOfOriginal();
        var attributeTarget = objective.stopTarget() ? ao.detach() : ao;
        return Loss.of("id", objective.id(), absolute(zo, embedding(recognised)))
                .plus("redun", objective.redun(), redundancy(p))
                .plus("recon", objective.recon(), squared(original, p.reconstruction()))
                .plus("map", objective.map(), absolute(identityTarget, p.identityOfFake()))
                .plus("gen", objective.gen(), squared(original, p.traced()))
                .plus("cycle", objective.cycle(), absolute(identityTarget, p.identityOfTraced()))
                .plus("attr", objective.attr(), absolute(attributeTarget, p.attributeOfFake()));
    }

    private Tensor embedding(Tensor recognised) {
        return objective.normalizeRecogniser() ? Functional.l2Normalize(recognised) : recognised;
    }

    private Tensor redundancy(Passes p) {
        var original = Functional.cosineSimilarity(p.identityOfOriginal(), p.attributeOfOriginal());
        var fake = Functional.cosineSimilarity(p.identityOfFake(), p.attributeOfFake());
        return switch (objective.redundancy()) {
            case SIGNED -> original.add(fake).mean();
            case SQUARED -> original.square().add(fake.square()).mean();
        };
    }

    private Tensor absolute(Tensor a, Tensor b) {
        return reduced(Functional.l1Loss(a, b), a);
    }

    private Tensor squared(Tensor a, Tensor b) {
        return reduced(Functional.mseLoss(a, b), a);
    }

    /** From a mean over all elements to the chosen reduction. */
    private Tensor reduced(Tensor mean, Tensor like) {
        return switch (objective.reduction()) {
            case MEAN -> mean;
            case SUM -> mean.mul((double) like.size() / like.dim(0));
        };
    }
}
