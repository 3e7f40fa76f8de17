package dev.obverse.drn;

import dev.obverse.drn.Architecture.Halving;
import dev.obverse.drn.Architecture.Head;
import dev.obverse.drn.Architecture.Normalization;
import dev.obverse.drn.Architecture.Output;
import dev.obverse.drn.Architecture.Skips;
import dev.obverse.drn.Architecture.Upsampling;
import dev.obverse.drn.Objective.Reduction;
import dev.obverse.drn.Objective.Redundancy;
import java.util.Arrays;
import java.util.Locale;

/** Every choice there is about a network and its training; written beside the weights. */
public record DrnConfig(Architecture architecture, Objective objective, Optimization optimization) {

    /** Named configurations. */
    public enum Preset {
        /** The text of the paper, literally: width 64, 128x128. */
        PAPER,
        /** The same size, with the choices that measured best. */
        RECOMMENDED,
        /** Recommended at width 16, 64x64: trains on a laptop. */
        SMALL,
        /** Width 4, 32x32: for tests. */
        TINY;

        /** Reads {@code paper}, {@code recommended}, {@code small} or {@code tiny}. */
        public static Preset parse(String name) {
            try {
                return valueOf(name.strip().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Unknown preset '" + name + "': use one of "
                        + Arrays.toString(values()).toLowerCase(Locale.ROOT));
            }
        }
    }

    public static DrnConfig of(Preset preset) {
        return switch (preset) {
            case PAPER -> paper();
            case RECOMMENDED -> recommended(128, 64, 512, 32, 1e-3);
            case SMALL -> recommended(64, 16, 128, 8, 2e-3);
            case TINY -> recommended(32, 4, 16, 4, 2e-3);
        };
    }

    private static DrnConfig paper() {
        return new DrnConfig(
                new Architecture(
                        128,
                        64,
                        512,
                        0.2,
                        Normalization.NONE,
                        Halving.MAX_POOL,
                        Head.FLATTEN,
                        Upsampling.TRANSPOSED_CONV,
                        Skips.BOTH,
                        Output.IMAGE),
                new Objective(1, 1, 1, 1, 1, 5, 0, Redundancy.SIGNED, Reduction.MEAN, true, true),
                new Optimization(32, 200, 3e-4, 0.5, 0.999, 1, 0, false, 0));
    }

    /**
     * What measured best at width 16 on synthetic pairs; ARCHITECTURE.md has the figures. Without normalisation
     * training at such rates collapses, and the paper's weights leave the pixels to the vectors.
     */
    private static DrnConfig recommended(int size, int width, int embedding, int batch, double lr) {
        return new DrnConfig(
                new Architecture(
                        size,
                        width,
                        embedding,
                        0.2,
                        Normalization.BATCH,
                        Halving.MAX_POOL,
                        Head.GLOBAL_AVERAGE,
                        Upsampling.TRANSPOSED_CONV,
                        Skips.BOTH,
                        Output.RESIDUAL),
                new Objective(1, 1, 10, 1, 300, 0.5, 0, Redundancy.SQUARED, Reduction.MEAN, true, true),
                new Optimization(batch, 200, lr, 0.5, 0.999, 0.3, 50, true, 1));
    }

    public DrnConfig with(Architecture architecture) {
        return new DrnConfig(architecture, objective, optimization);
    }

    public DrnConfig with(Optimization optimization) {
        return new DrnConfig(architecture, objective, optimization);
    }
}
