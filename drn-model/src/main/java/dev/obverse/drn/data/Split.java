package dev.obverse.drn.data;

import java.util.Locale;

/** The side of a data set that a pair belongs to. */
public enum Split {
    TRAIN,
    TEST;

    /** The word that manifests use: {@code train} or {@code test}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
