package dev.obverse.drn.data;

import java.util.Locale;

/** How pairs are divided into training and test. */
public enum SplitMode {
    /** Each pair by itself; frames of one video land on both sides, so test figures flatter the model. */
    FRAME_RANDOM(true),
    /** Whole videos; a person may still appear on both sides. */
    VIDEO(false),
    /** Whole people: nobody is the original of pairs on both sides, and where possible no donor is on both. */
    IDENTITY(false),
    /** As the manifest's column says. */
    OFFICIAL(false);

    private final boolean leaks;

    SplitMode(boolean leaks) {
        this.leaks = leaks;
    }

    /** Whether near-copies of training frames are in the test set by construction; a report must say so. */
    public boolean leaks() {
        return leaks;
    }

    /** The word that commands use, such as {@code frame-random}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
