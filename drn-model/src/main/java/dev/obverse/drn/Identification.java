package dev.obverse.drn;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.face.Calibration;
import dev.obverse.drn.face.Gallery;
import dev.obverse.drn.face.Recogniser;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
     * Looks up every pair.
     *
     * @throws DataException if no pair shows anybody who is in the gallery
     */
    public static Identification of(Tracer tracer, PairDataset data, Recogniser recogniser, Gallery gallery)
            throws IOException {
        var people = gallery.people();
        var fake = new Counter(people.size());
        var traced = new Counter(people.size());
        int size = data.imageSize();
        int each = size * size * 3;
        var known = new ArrayList<Integer>();
        for (int i = 0; i < data.size(); i++) {
            if (people.contains(data.row(i).originalId())) {
                known.add(i);
            }
        }
        if (known.isEmpty()) {
            throw new DataException("None of the " + data.size() + " pairs shows a person of the gallery: its folders"
                    + " must be named as the manifest's original_id, such as "
                    + data.row(0).originalId());
        }
        for (int from = 0; from < known.size(); from += BATCH) {
            var part = known.subList(from, Math.min(known.size(), from + BATCH));
            var values = new float[part.size() * each];
            for (int i = 0; i < part.size(); i++) {
                data.get(part.get(i)).fakeTo(values, i * each);
            }
            try (var _ = TensorScope.open()) {
                var fakes = Tensor.of(Device.cpu(), values, Shape.of(part.size(), size, size, 3));
                var ids = part.stream().map(i -> data.row(i).originalId()).toList();
                fake.add(gallery, recogniser.embed(fakes), ids);
                traced.add(gallery, recogniser.embed(tracer.trace(fakes)), ids);
            }
        }
        return new Identification(fake.row(), traced.row(), people.size(), known.size());
    }

    private static final class Counter {
        private final int[] foundAt;
        private final List<Calibration.Sample> samples = new ArrayList<>();

        Counter(int people) {
            foundAt = new int[people];
        }

        void add(Gallery gallery, Tensor embeddings, List<String> ids) {
            int length = embeddings.dim(1);
            var values = embeddings.toArray();
            for (int i = 0; i < ids.size(); i++) {
                var ranked = gallery.rank(Arrays.copyOfRange(values, i * length, (i + 1) * length));
                int place = 0;
                while (!ranked.get(place).person().equals(ids.get(i))) {
                    place++;
                }
                foundAt[place]++;
                samples.add(new Calibration.Sample(ranked.getFirst().score(), place == 0));
            }
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
