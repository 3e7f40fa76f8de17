package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.Workers;
import dev.obverse.backend.cpu.conv.Scratch;
import dev.obverse.backend.cpu.conv.Strips;
import dev.obverse.backend.cpu.conv.Window;
import java.util.Arrays;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Convolution to a handful of channels, such as a network's last layer: the vectors run along the inner product,
 * because the result's channels would fill only a fraction of one.
 */
final class FewChannels {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;
    private static final int COLUMNS = DotTiles.COLUMNS;

    private FewChannels() {}

    /**
     * Whether the result's channels would fill at most a quarter of a vector, while the inner product fills enough of
     * them to pay for adding up their lanes, with little left over at the end of a segment.
     */
    static boolean fits(Window window) {
        int length = window.segmentLength();
        return window.at().groupResult() * 4 <= L && window.at().inner() >= 6 * L && length % L * 8 <= length;
    }

    /** As {@link DirectConvolution#run}. */
    static void run(
            Window window, float slope, float[] source, float[] weight, float @Nullable [] bias, float[] result) {
        var at = window.at();
        if ((long) at.n() * at.rows() * at.columns() * at.resultChannels() == 0) {
            return;
        }
        var runs = Runs.of(window);
        var packed = Scratch.floats(Scratch.PACKED, (long) at.resultChannels() * runs.packed());
        for (int c = 0; c < at.resultChannels(); c++) {
            runs.pack(window, c, weight, packed);
        }
        var strips = Strips.forward(window, 1);
        Workers.run(strips.pieces(), i -> piece(window, runs, strips.piece(i), slope, source, packed, bias, result));
    }

    /**
     * The vectors of an inner product: each segment's whole ones first, then each segment's tail.
     *
     * @param steps offset of each vector in the window
     * @param full number of whole vectors
     * @param tail valid lanes of a tail, 0 if there is none
     */
    private record Runs(int[] steps, int full, int tail) {
        static Runs of(Window window) {
            int perSegment = window.segmentLength() / L;
            int tail = window.segmentLength() % L;
            int full = window.segments() * perSegment;
            var steps = new int[full + (tail == 0 ? 0 : window.segments())];
            for (int s = 0; s < window.segments(); s++) {
                int offset = window.segmentOffset(s);
                for (int i = 0; i < perSegment; i++) {
                    steps[s * perSegment + i] = offset + i * L;
                }
                if (tail != 0) {
                    steps[full + s] = offset + perSegment * L;
                }
            }
            return new Runs(steps, full, tail);
        }

        int tails() {
            return steps.length - full;
        }

        /** Floats of one result channel's weights in the order of the vectors. */
        int packed() {
            return steps.length * L;
        }

        /** Packs the weights of one result channel. */
        void pack(Window window, int channel, float[] weight, float[] packed) {
            var at = window.at();
            int perSegment = window.segmentLength() / L;
            int o = channel * packed();
            Arrays.fill(packed, o, o + packed(), 0f);
            for (int k = 0; k < at.inner(); k++) {
                int segment = k / window.segmentLength();
                int inside = k % window.segmentLength();
                int vector = inside / L < perSegment ? segment * perSegment + inside / L : full + segment;
                packed[o + vector * L + inside % L] = weight[at.weight(k, channel)];
            }
        }
    }

    private static void piece(
            Window window,
            Runs runs,
            Strips.Piece piece,
            float slope,
            float[] source,
            float[] packed,
            float @Nullable [] bias,
            float[] result) {
        var at = window.at();
        int rows = piece.to() - piece.from();
        int count = rows * at.columns();
        var read = Scratch.ints(Scratch.READ, count + Lanes.TALLEST);
        var write = Scratch.ints(Scratch.WRITE, count + Lanes.TALLEST);
        DirectConvolution.tables(window, piece, count, read, write);
        var left = Scratch.floats(Scratch.LEFT, window.copySize(rows));
        window.copy(source, piece.image(), piece.group(), piece.from(), piece.to(), left);
        var lanes = DotTiles.lanes();
        var start = new float[roundUp(DotTiles.ROWS * COLUMNS)];
        int end = (piece.group() + 1) * at.groupResult();
        for (int c = end - at.groupResult(); c < end; c += COLUMNS) {
            int b0 = c * runs.packed();
            int b1 = Math.min(c + 1, end - 1) * runs.packed();
            int b2 = Math.min(c + 2, end - 1) * runs.packed();
            for (int i = 0; bias != null && i < DotTiles.ROWS * COLUMNS; i++) {
                start[i] = bias[Math.min(c + i % COLUMNS, end - 1)];
            }
            for (int p = 0; p < count; ) {
                int height = DotTiles.height(count - p);
                DotTiles.run(
                        height,
                        left,
                        0,
                        read,
                        p,
                        runs.steps(),
                        runs.full(),
                        runs.tails(),
                        runs.tail(),
                        packed,
                        b0,
                        b1,
                        b2,
                        lanes);
                activate(lanes, height * COLUMNS, start, slope);
                store(lanes, c, Math.min(c + COLUMNS, end), result, write, p, Math.min(p + height, count));
                p += height;
            }
        }
    }

    /** Bias and LeakyReLU of a tile, in vectors: a branch for each value would be mispredicted every other time. */
    private static void activate(float[] lanes, int count, float[] bias, float slope) {
        for (int i = 0; i < count; i += L) {
            Leaky.of(fromArray(F, lanes, i).add(fromArray(F, bias, i)), slope).intoArray(lanes, i);
        }
    }

    private static int roundUp(int count) {
        return (count + L - 1) / L * L;
    }

    private static void store(float[] lanes, int channel, int last, float[] result, int[] write, int from, int to) {
        for (int p = from; p < to; p++) {
            for (int c = channel; c < last; c++) {
                result[write[p] + c] = lanes[(p - from) * COLUMNS + c - channel];
            }
        }
    }
}
