package dev.obverse.drn.report;

import dev.obverse.drn.Evaluation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation and what a reader must know to weigh it.
 *
 * @param split the pairs that were evaluated: {@code train}, {@code test} or {@code all}
 * @param judge the recogniser behind the similarities, as people call it; null if there was none
 * @param judgeSupervised whether that recogniser also supervised the training
 * @param seconds the evaluation took
 */
public record Measured(
        Evaluation evaluation,
        String split,
        Leak leak,
        @Nullable String judge,
        boolean judgeSupervised,
        double seconds) {

    /** The sentence that belongs under every figure and picture. */
    public static final String NOT_PROOF =
            "A traced face is a plausible reconstruction, not proof of who the original person was.";

    /** Sentences about why the figures may be better than they should be; empty if there is no reason to think so. */
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (leak != Leak.NONE) {
            warnings.add(leak.sentence());
        }
        if (judgeSupervised) {
            warnings.add("The recogniser that measures similarity also supervised the training: similarity flatters the"
                    + " model; judge with a different one.");
        }
        return warnings;
    }
}
