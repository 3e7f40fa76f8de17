package dev.obverse.nn.metric;

/** Cosine similarity of embeddings, and finding the nearest by it. */
public final class Cosine {
    private Cosine() {}

    /**
     * {@code <a,b> / (|a| |b|)}, on [-1,1].
     *
     * @throws IllegalArgumentException for vectors of different or no length, all zeros, or with NaN or infinity
     */
    public static double similarity(float[] a, float[] b) {
        if (a.length != b.length || a.length == 0) {
            throw new IllegalArgumentException("Cosine similarity needs two vectors of one length, but was given "
                    + a.length + " and " + b.length + " values");
        }
        double product = 0;
        double aSquared = 0;
        double bSquared = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            aSquared += (double) a[i] * a[i];
            bSquared += (double) b[i] * b[i];
        }
        if (!(aSquared > 0 && bSquared > 0) || Double.isInfinite(aSquared) || Double.isInfinite(bSquared)) {
            throw new IllegalArgumentException("Cosine similarity is undefined for a vector that is all zeros or "
                    + "contains NaN or infinity; look at the image and the network that made it");
        }
        return Math.clamp(product / Math.sqrt(aSquared * bSquared), -1, 1);
    }

    /**
     * Index of the vector of {@code gallery} most similar to {@code probe}; of equals the first.
     *
     * @param except index to pass over because it is the probe itself, or -1
     */
    public static int nearest(float[] probe, float[][] gallery, int except) {
        int best = -1;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < gallery.length; i++) {
            if (i == except) {
                continue;
            }
            double similarity = similarity(probe, gallery[i]);
            if (similarity > highest) {
                highest = similarity;
                best = i;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("There is nothing to compare the probe with: the gallery has "
                    + gallery.length + " usable embeddings, itself not counted");
        }
        return best;
    }

    /** Rank-1 identification: the share of probes whose nearest in the gallery has the probe's own identity. */
    public static double rank1(float[][] probes, int[] probeIds, float[][] gallery, int[] galleryIds) {
        checkIds("probes", probes, probeIds);
        checkIds("gallery", gallery, galleryIds);
        var accuracy = new Accuracy();
        for (int i = 0; i < probes.length; i++) {
            accuracy.add(galleryIds[nearest(probes[i], gallery, -1)] == probeIds[i]);
        }
        return accuracy.value();
    }

    /** Rank-1 identification of each embedding among all the others. */
    public static double leaveOneOutRank1(float[][] embeddings, int[] ids) {
        checkIds("embeddings", embeddings, ids);
        var accuracy = new Accuracy();
        for (int i = 0; i < embeddings.length; i++) {
            accuracy.add(ids[nearest(embeddings[i], embeddings, i)] == ids[i]);
        }
        return accuracy.value();
    }

    static void checkIds(String what, float[][] embeddings, int[] ids) {
        if (embeddings.length != ids.length) {
            throw new IllegalArgumentException(
                    "There are " + embeddings.length + " " + what + " but " + ids.length + " identities for them");
        }
    }
}
