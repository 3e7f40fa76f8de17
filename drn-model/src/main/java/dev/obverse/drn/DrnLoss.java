package dev.obverse.drn;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The terms of the training objective, Eqs. 1 to 6 of the paper and one that its text promises; see {@link Objective}. */
public final class DrnLoss {
    private final Objective objective;

    public DrnLoss(Objective objective) {
        this.objective = objective;
    }

    /**
     * The weighted terms by name, those of weight 0 left out; the loss is their sum (Eq. 7).
     *
     * @param recognised z_pre, the frozen recogniser's embedding of each original, {@code [N,embedding]}
     */
    public SequencedMap<String, Tensor> terms(Tensor original, Tensor recognised, Passes p) {
        var zo = p.identityOfOriginal();
        var target = objective.stopTarget() ? zo.detach() : zo;
        var attributeTarget = objective.stopTarget() ? p.attributeOfOriginal().detach() : p.attributeOfOriginal();
        var terms = new LinkedHashMap<String, Tensor>();
        put(terms, "id", objective.id(), () -> absolute(zo, embedding(recognised)));
        put(terms, "redun", objective.redun(), () -> redundancy(p));
        put(terms, "recon", objective.recon(), () -> squared(original, p.reconstruction()));
        put(terms, "map", objective.map(), () -> absolute(target, p.identityOfFake()));
        put(terms, "gen", objective.gen(), () -> squared(original, p.traced()));
        put(terms, "cycle", objective.cycle(), () -> absolute(target, p.identityOfTraced()));
        put(terms, "attr", objective.attr(), () -> absolute(attributeTarget, p.attributeOfFake()));
        return terms;
    }

    private static void put(
            SequencedMap<String, Tensor> terms, String name, double weight, java.util.function.Supplier<Tensor> term) {
        if (weight != 0) {
            var value = term.get();
            terms.put(name, weight == 1 ? value : value.mul(weight));
        }
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
