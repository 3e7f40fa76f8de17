package dev.obverse.drn.report;

import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the evaluated pairs share with the training pairs, so that figures flatter the model. */
public enum Leak {
    NONE(""),
    PEOPLE("Some people are in training and test pairs alike: the figures are not those of unseen people."),
    VIDEOS("Frames of one video are in training and test pairs alike (a split by frame leaks): the figures flatter the"
            + " model."),
    UNKNOWN("These pairs are of another manifest than those of the training: whether people or videos occur in both is"
            + " not known."),
    TRAINED("The evaluated pairs include pairs the model was trained on: the figures flatter the model.");

    private final String sentence;

    Leak(String sentence) {
        this.sentence = sentence;
    }

    /** What a report must say; empty for {@link #NONE}. */
    public String sentence() {
        return sentence;
    }

    /**
     * The worst leak of an evaluation.
     *
     * @param evaluated the side that was evaluated; null for all pairs
     */
    public static Leak of(PairManifest manifest, @Nullable Split evaluated) {
        if (evaluated != Split.TEST) {
            return TRAINED;
        }
        Set<String> shared = new HashSet<>(videos(manifest, Split.TRAIN));
        shared.retainAll(videos(manifest, Split.TEST));
        if (!shared.isEmpty()) {
            return VIDEOS;
        }
        return manifest.sharedPeople().isEmpty() ? NONE : PEOPLE;
    }

    private static Set<String> videos(PairManifest manifest, Split side) {
        return manifest.rows(side).stream().map(PairManifest.Row::video).collect(Collectors.toSet());
    }
}
