package dev.obverse.drn;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.face.Calibration;
import dev.obverse.drn.face.Gallery;
import dev.obverse.drn.face.Recogniser;
import dev.obverse.drn.face.Rows;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How often the person behind a fake is found in a gallery, given the fake itself and given the traced face.
 *
 * @param people in the gallery
 * @param pairs whose original person is in the gallery; the others do not count
 */
public record Identification(Row doNothing, Row traced, int people, int pairs) {
    private static final int BATCH = 16;

    /**
     * The cumulative match characteristic.
     *
     * @param cmc {@code cmc[k-1]}: share of the pairs whose person is among the k most similar
     * @param samples best matches, and whether they were right
     */
    public record Row(double[] cmc, List<Calibration.Sample> samples) {
        public Row {
            samples = List.copyOf(samples);
        }

        /** The share of pairs whose person is among the {@code k} most similar. */
        public double rank(int k) {
            return cmc[Math.min(k, cmc.length) - 1];
        }

        /** How far a score can be trusted, going by these pairs. */
        public Calibration calibration() {
            return Calibration.of(samples);
        }
    }

    /**
     * Traces and looks up every pair whose person is in the gallery.
     *
     * @throws DataException if no pair shows anybody who is in the gallery
     */
    public static Identification of(Tracer tracer, PairDataset data, Recogniser recogniser, Gallery gallery)
            throws IOException {
        var lookup = new Lookup(gallery, data);
        int size = data.imageSize();
        int each = size * size * 3;
        for (int from = 0; from < lookup.known.size(); from += BATCH) {
            var part = lookup.known.subList(from, Math.min(lookup.known.size(), from + BATCH));
            var values = new float[part.size() * each];
            for (int i = 0; i < part.size(); i++) {
                data.get(part.get(i)).fakeTo(values, i * each);
            }
            try (var _ = TensorScope.open()) {
                var fakes = Tensor.of(Device.cpu(), values, Shape.of(part.size(), size, size, 3));
                var given = Rows.of(recogniser.embed(fakes));
                var traced = Rows.of(recogniser.embed(tracer.trace(fakes)));
                for (int i = 0; i < part.size(); i++) {
                    lookup.add(part.get(i), given[i], traced[i]);
                }
            }
        }
        return lookup.found();
    }

    /** Looks up pairs that somebody else traces, so that each is traced once. */
    static final class Lookup {
        private final Gallery gallery;
        private final PairDataset data;
        private final List<Integer> known;
        private final Counter doNothing;
        private final Counter traced;

        /** @throws DataException if no pair shows anybody who is in the gallery */
        Lookup(Gallery gallery, PairDataset data) throws DataException {
            this.gallery = gallery;
            this.data = data;
            var people = Set.copyOf(gallery.people());
            known = IntStream.range(0, data.size())
                    .filter(i -> people.contains(data.row(i).originalId()))
                    .boxed()
                    .toList();
            if (known.isEmpty()) {
                throw new DataException("None of the " + data.size() + " pairs shows a person of the gallery: its"
                        + " folders must be named as the manifest's original_id, such as "
                        + data.row(0).originalId());
            }
            doNothing = new Counter(people.size());
            traced = new Counter(people.size());
        }

        /** Counts a pair of the data set, given the vectors of its fake and of its traced face. */
        void add(int pair, float[] fakeFace, float[] tracedFace) {
            if (Collections.binarySearch(known, pair) >= 0) {
                var person = data.row(pair).originalId();
                doNothing.add(gallery.rank(fakeFace), person);
                traced.add(gallery.rank(tracedFace), person);
            }
        }

        Identification found() {
            return new Identification(doNothing.row(), traced.row(), doNothing.foundAt.length, known.size());
        }
    }

    private static final class Counter {
        private final int[] foundAt;
        private final List<Calibration.Sample> samples = new ArrayList<>();

        Counter(int people) {
            foundAt = new int[people];
        }

        void add(List<Gallery.Match> ranked, String person) {
            int place = 0;
            while (!ranked.get(place).person().equals(person)) {
                place++;
            }
            foundAt[place]++;
            samples.add(new Calibration.Sample(ranked.getFirst().score(), place == 0));
        }

        Row row() {
            var cmc = new double[foundAt.length];
            int sum = 0;
            for (int k = 0; k < cmc.length; k++) {
                sum += foundAt[k];
                cmc[k] = (double) sum / samples.size();
            }
            return new Row(cmc, samples);
        }
    }
}
