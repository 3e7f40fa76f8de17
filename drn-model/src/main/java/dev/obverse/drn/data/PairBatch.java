package dev.obverse.drn.data;

import dev.obverse.nn.data.Collator;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/**
 * Pairs stacked for training.
 *
 * @param original {@code [n,size,size,3]}, values in [0,1], as is {@code fake}
 * @param recognised embeddings of the originals, {@code [n,embedding]}
 */
public record PairBatch(int n, int size, int embedding, float[] original, float[] fake, float[] recognised) {

    /** A pair with the recogniser's embedding of its original. */
    public record Sample(PairDataset.Pixels pixels, float[] recognised) {}

    /** Stacks samples; nothing is augmented, because both pictures of a pair would have to change alike. */
    public static Collator<Sample, PairBatch> collator(int size, int embedding) {
        return new Collator<>() {
            @Override
            public PairBatch allocate(int n) {
                int pixels = n * size * size * 3;
                return new PairBatch(
                        n, size, embedding, new float[pixels], new float[pixels], new float[n * embedding]);
            }

            @Override
            public void put(Sample sample, PairBatch batch, int slot, Philox random) {
                int at = slot * size * size * 3;
                sample.pixels().originalTo(batch.original, at);
                sample.pixels().fakeTo(batch.fake, at);
                System.arraycopy(sample.recognised(), 0, batch.recognised, slot * embedding, embedding);
            }
        };
    }

    public Tensor original(Device device) {
        return Tensor.of(device, original, Shape.of(n, size, size, 3));
    }

    public Tensor fake(Device device) {
        return Tensor.of(device, fake, Shape.of(n, size, size, 3));
    }

    public Tensor recognised(Device device) {
        return Tensor.of(device, recognised, Shape.of(n, embedding));
    }
}
