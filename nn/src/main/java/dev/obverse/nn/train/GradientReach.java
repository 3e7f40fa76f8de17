package dev.obverse.nn.train;

import dev.obverse.nn.Parameter;
import dev.obverse.tensor.Tensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which terms of a loss reach no parameter, and which parameters no term reaches, judged by what was recorded: a
 * forgotten {@code detach} or an unused layer shows here, before hours of training.
 *
 * @param deadTerms terms, of a weight other than 0, that no trainable parameter influences
 * @param unreached parameters that are not frozen and that no such term depends on
 */
public record GradientReach(List<String> deadTerms, List<String> unreached) {
    public GradientReach {
        deadTerms = List.copyOf(deadTerms);
        unreached = List.copyOf(unreached);
    }

    /** Looks at a loss before its backward pass. Frozen parameters do not count. */
    public static GradientReach of(Loss loss, Map<String, Parameter> parameters) {
        Set<Tensor> trainable = Collections.newSetFromMap(new IdentityHashMap<>());
        parameters.values().stream().filter(p -> !p.isFrozen()).forEach(p -> trainable.add(p.value()));
        Set<Tensor> reached = Collections.newSetFromMap(new IdentityHashMap<>());
        var deadTerms = loss.active().stream()
                .filter(term -> {
                    var leaves = term.value().gradientLeaves();
                    reached.addAll(leaves);
                    return Collections.disjoint(leaves, trainable);
                })
                .map(Loss.Term::name)
                .toList();
        var unreached = parameters.entrySet().stream()
                .filter(e -> !e.getValue().isFrozen()
                        && !reached.contains(e.getValue().value()))
                .map(Map.Entry::getKey)
                .toList();
        return new GradientReach(deadTerms, unreached);
    }

    /** Throws, with all the names, if anything is out of reach. */
    public void verify() {
        if (deadTerms.isEmpty() && unreached.isEmpty()) {
            return;
        }
        var text = new StringBuilder("The loss and the parameters do not fit together:");
        if (!deadTerms.isEmpty()) {
            text.append(" no trainable parameter influences the loss term ").append(String.join(", ", deadTerms));
            text.append(" (remove it, give it weight 0, or look for a detach)");
        }
        if (!unreached.isEmpty()) {
            text.append(deadTerms.isEmpty() ? "" : ";").append(" no loss term reaches the parameter ");
            text.append(String.join(", ", unreached)).append(" (use it or freeze it)");
        }
        throw new IllegalStateException(text.toString());
    }
}
