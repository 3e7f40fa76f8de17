package dev.obverse.drn;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.face.Gallery;
import dev.obverse.drn.face.Recogniser;
import dev.obverse.drn.face.Rows;
import dev.obverse.nn.metric.Cosine;
import dev.obverse.nn.metric.Psnr;
import dev.obverse.nn.metric.RunningMean;
import dev.obverse.nn.metric.Ssim;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How well fakes were traced (Table I of the paper), beside what doing nothing at all would score: on real swaps, which
 * share background, hair and pose with the original, the fake itself is already 22 to 31 dB close.
 *
 * @param doNothing fake compared with original
 * @param traced traced compared with original
 * @param identification how often the original person was found in a gallery; null without one
 */
public record Evaluation(
        Row doNothing, Row traced, int pairs, @Nullable Identification identification) {
    private static final int BATCH = 16;

    /**
     * Means over pairs.
     *
     * @param psnr in dB, peak 255 after rounding to 8 bits, over the pairs that differ at all
     * @param identical pairs without any difference, whose PSNR is infinite
     * @param ssim Gaussian 11x11 window
     * @param similarity 100 x cosine between the recogniser's embeddings of this picture and of the original; null
     *     without a recogniser
     * @param donorSimilarity likewise to the donor, over the pairs whose donor is the original of another pair; null if
     *     there are none
     */
    public record Row(
            double psnr,
            long identical,
            double ssim,
            @Nullable Double similarity,
            @Nullable Double donorSimilarity) {}

    /**
     * Traces every pair of a data set and compares.
     *
     * @param judge should not be the recogniser that supervised the training; null leaves out the similarities
     */
    public static Evaluation of(Tracer tracer, PairDataset data, @Nullable Recogniser judge) throws IOException {
        return of(tracer, data, judge, null);
    }

    /**
     * Traces every pair of a data set, compares, and looks it up in a gallery.
     *
     * @param judge as above; needed for a gallery
     * @param gallery people, with vectors of {@code judge}; null for no identification
     * @throws DataException if there is a gallery and no pair shows anybody who is in it
     */
    public static Evaluation of(Tracer tracer, PairDataset data, @Nullable Recogniser judge, @Nullable Gallery gallery)
            throws IOException {
        if (gallery != null && judge == null) {
            throw new IllegalArgumentException("A gallery is of no use without the recogniser that its vectors are of");
        }
        var lookup = gallery == null ? null : new Identification.Lookup(gallery, data); // fails before the long work
        var people = judge == null ? null : People.of(data, judge);
        var doNothing = new Means();
        var traced = new Means();
        for (int from = 0; from < data.size(); from += BATCH) {
            try (var _ = TensorScope.open()) {
                int to = Math.min(data.size(), from + BATCH);
                var original = images(data, from, to, false);
                var fake = images(data, from, to, true);
                var answer = tracer.trace(fake);
                doNothing.addImages(fake, original);
                traced.addImages(answer, original);
                if (judge != null && people != null) {
                    var fakeFaces = Rows.of(judge.embed(fake));
                    var tracedFaces = Rows.of(judge.embed(answer));
                    doNothing.addFaces(fakeFaces, people, from);
                    traced.addFaces(tracedFaces, people, from);
                    for (int i = from; i < to && lookup != null; i++) {
                        lookup.add(i, fakeFaces[i - from], tracedFaces[i - from]);
                    }
                }
            }
        }
        return new Evaluation(doNothing.row(), traced.row(), data.size(), lookup == null ? null : lookup.found());
    }

    private static Tensor images(PairDataset data, int from, int to, boolean fake) throws IOException {
        int size = data.imageSize();
        int each = size * size * 3;
        var values = new float[(to - from) * each];
        for (int i = from; i < to; i++) {
            if (fake) {
                data.get(i).fakeTo(values, (i - from) * each);
            } else {
                data.get(i).originalTo(values, (i - from) * each);
            }
        }
        return Tensor.of(Device.cpu(), values, Shape.of(to - from, size, size, 3));
    }

    /** What the judge makes of each pair's original, and of each pair's donor where the data shows the donor. */
    private record People(PairDataset data, float[][] originals, Map<String, float[]> sums) {
        static People of(PairDataset data, Recogniser judge) throws IOException {
            var originals = new float[data.size()][];
            var sums = new HashMap<String, float[]>();
            for (int from = 0; from < data.size(); from += BATCH) {
                try (var _ = TensorScope.open()) {
                    int to = Math.min(data.size(), from + BATCH);
                    var rows = Rows.of(judge.embed(images(data, from, to, false)));
                    for (int i = from; i < to; i++) {
                        originals[i] = rows[i - from];
                        add(sums, data.row(i).originalId(), originals[i]);
                    }
                }
            }
            return new People(data, originals, sums);
        }

        /** The direction of a pair's donor; null if no pair shows the donor. */
        float @Nullable [] donor(int index) {
            return sums.get(data.row(index).donorId());
        }

        private static void add(Map<String, float[]> sums, String person, float[] embedding) {
            var sum = sums.computeIfAbsent(person, _ -> new float[embedding.length]);
            float length = 0;
            for (float v : embedding) {
                length += v * v;
            }
            float scale = (float) (1 / Math.sqrt(Math.max(length, 1e-16f)));
            for (int i = 0; i < sum.length; i++) {
                sum[i] += scale * embedding[i];
            }
        }
    }

    private static final class Means {
        private final Psnr psnr = new Psnr();
        private final RunningMean ssim = new RunningMean();
        private final RunningMean similarity = new RunningMean();
        private final RunningMean donorSimilarity = new RunningMean();

        void addImages(Tensor images, Tensor originals) {
            psnr.add(images, originals);
            for (double value : Ssim.GAUSSIAN.of(images, originals)) {
                ssim.add(value);
            }
        }

        void addFaces(float[][] rows, People people, int from) {
            for (int i = 0; i < rows.length; i++) {
                similarity.add(100 * Cosine.similarity(rows[i], people.originals[from + i]));
                var donor = people.donor(from + i);
                if (donor != null) {
                    donorSimilarity.add(100 * Cosine.similarity(rows[i], donor));
                }
            }
        }

        Row row() {
            return new Row(psnr.mean(), psnr.infinite(), ssim.mean(), mean(similarity), mean(donorSimilarity));
        }

        private static @Nullable Double mean(RunningMean values) {
            return values.weight() == 0 ? null : values.mean();
        }
    }
}
