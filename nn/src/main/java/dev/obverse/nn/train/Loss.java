package dev.obverse.nn.train;

import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/**
 * A loss with named, weighted terms:
 *
 * <pre>{@code Loss.of("reconstruction", mse).plus("cycle", 5, l1)}</pre>
 *
 * <p>A term of weight 0 is computed and reported but takes no part in training.
 */
public final class Loss {
    /** One term; the value is a scalar, not yet multiplied by the weight. */
    public record Term(String name, double weight, Tensor value) {}

    private final List<Term> terms;

    private Loss(List<Term> terms) {
        this.terms = List.copyOf(terms);
    }

    /** A loss of one term with weight 1. */
    public static Loss of(String name, Tensor value) {
        return of(name, 1, value);
    }

    public static Loss of(String name, double weight, Tensor value) {
        return new Loss(List.of()).plus(name, weight, value);
    }

    /** The sum of named scalars, whose weights, if any, are in their values. */
    public static Loss sum(SequencedMap<String, Tensor> terms) {
        var loss = new Loss(List.of());
        for (var term : terms.entrySet()) {
            loss = loss.plus(term.getKey(), 1, term.getValue());
        }
        return loss;
    }

    /** This loss and another term. */
    public Loss plus(String name, double weight, Tensor value) {
        if (value.size() != 1) {
            throw new IllegalArgumentException(
                    "Loss: term '" + name + "' must be a scalar, not " + value.shape() + "; take its mean or sum");
        }
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("Loss: the weight of term '" + name + "' must be finite, not " + weight);
        }
        if (terms.stream().anyMatch(t -> t.name().equals(name))) {
            throw new IllegalArgumentException("Loss: there is a term '" + name + "' already");
        }
        var more = new ArrayList<>(terms);
        more.add(new Term(name, weight, value.rank() == 0 ? value : value.reshape()));
        return new Loss(more);
    }

    /** The terms in the order in which they were given. */
    public List<Term> terms() {
        return terms;
    }

    /** The terms whose weight is not 0. */
    public List<Term> active() {
        return terms.stream().filter(t -> t.weight() != 0).toList();
    }

    /** The weighted sum, in order. */
    public Tensor total() {
        return active().stream()
                .map(t -> t.weight() == 1 ? t.value() : t.value().mul(t.weight()))
                .reduce(Tensor::add)
                .orElseThrow(
                        () -> new IllegalStateException("Loss: every term has weight 0, so there is nothing to train"));
    }
}
