package dev.obverse.nn.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What one optimiser step did.
 *
 * @param step number of the step, from 1
 * @param epoch number of the epoch, from 0
 * @param total the weighted loss, the mean over the accumulated batches
 * @param terms each term before its weight, likewise
 * @param lrFactor what the schedule said
 * @param gradientNorm Euclidean length of the gradient before clipping by norm
 */
public record StepReport(
        long step, long epoch, double total, SequencedMap<String, Double> terms, double lrFactor, double gradientNorm) {
    public StepReport {
        terms = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(terms));
    }

    /** The value of one term. */
    public double term(String name) {
        var value = terms.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The loss has no term '" + name + "', but " + terms.keySet());
        }
        return value;
    }
}
