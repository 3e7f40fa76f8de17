package dev.obverse.drn;

/**
 * The seven terms' weights (Eq. 7 of the paper, and Eq. 8 of our own) and how each is read.
 *
 * @param id weight of {@code mean |z_o - z_pre|}
 * @param redun weight of the cosine between identity and attribute vectors
 * @param recon weight of {@code mean (original - reconstruction)^2}
 * @param map weight of {@code mean |z_o - z_f|}
 * @param gen weight of {@code mean (original - traced)^2}
 * @param cycle weight of {@code mean |z_o - z_t|}
 * @param attr weight of {@code mean |a_f - a_o|}, which the paper's text promises and its Eq. 7 lacks
 * @param normalizeRecogniser L2-normalise the recogniser's embeddings
 * @param stopTarget treat {@code z_o} as a fixed target in {@code map} and {@code cycle}
 */
public record Objective(
        double id,
        double redun,
        double recon,
        double map,
        double gen,
        double cycle,
        double attr,
        Redundancy redundancy,
        Reduction reduction,
        boolean normalizeRecogniser,
        boolean stopTarget) {

    /** How the redundancy term reads a cosine. */
    public enum Redundancy {
        /** As printed; its minimum is at anti-parallel vectors, which share everything but the sign. */
        SIGNED,
        /** Its minimum is at right angles. */
        SQUARED
    }

    /** Over what a term is averaged. */
    public enum Reduction {
        /** Batch and elements. */
        MEAN,
        /** Batch only: norms as the formulas print them. Shifts the balance of pixels and vectors 96-fold. */
        SUM
    }

    public Objective {
        for (double weight : new double[] {id, redun, recon, map, gen, cycle, attr}) {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("Loss weight " + weight + " must be 0 or more");
            }
        }
    }
}
