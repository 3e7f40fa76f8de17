package dev.obverse.drn.report;

import dev.obverse.drn.Tracer;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.RgbImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One pair and what the network made of its fake.
 *
 * @param caption a few words, such as the pair's name; may be empty
 */
public record TracedPair(String caption, RgbImage original, RgbImage fake, RgbImage traced) {

    /** Where traced differs from original. */
    public RgbImage mask() {
        return Mask.of(original, traced);
    }

    /**
     * Traces pairs spread evenly over a data set.
     *
     * @param count wanted number; at most as many as there are
     */
    public static List<TracedPair> sample(Tracer tracer, PairDataset data, int count) throws IOException {
        int size = data.imageSize();
        int taken = Math.min(count, data.size());
        var pairs = new ArrayList<TracedPair>();
        for (int i = 0; i < taken; i++) {
            int index = (int) ((i + 0.5) * data.size() / taken);
            var original = new RgbImage(size, size);
            var fake = new RgbImage(size, size);
            data.get(index).originalTo(original.rgb(), 0);
            data.get(index).fakeTo(fake.rgb(), 0);
            var row = data.row(index);
            var caption = row.pairId() + ": " + row.originalId() + ", donor " + row.donorId();
            pairs.add(new TracedPair(caption, original, fake, tracer.trace(fake)));
        }
        return pairs;
    }
}
