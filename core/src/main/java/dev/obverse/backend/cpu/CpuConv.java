package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.Tail;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions. Their two sets of kernels differ in how they block, not only in their innermost loops, so the choice is
 * made here, once per call; naming the vector kernels does not load them.
 *
 * @param algorithm what the vector kernels use where they have a choice
 * @param images that lie in several blocks
 */
record CpuConv(boolean vector, ConvAlgorithm algorithm, PartedImages images) implements ConvKernels {
    @Override
    public void forward(ConvSpec spec, double slope, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        float a = (float) slope;
        if (vector) {
            images.read(
                    spec,
                    x,
                    parts -> dev.obverse.backend.cpu.simd.ConvForward.readsParts(algorithm, spec, parts),
                    image -> dev.obverse.backend.cpu.simd.ConvForward.run(
                            algorithm, spec, a, image, array(w), b, array(y)));
        } else {
            scalar(spec, a, x, w, b, y);
        }
    }

    private void scalar(ConvSpec spec, float slope, List<Storage> x, Storage w, float @Nullable [] bias, Storage y) {
        images.read(
                spec,
                x,
                _ -> false,
                image -> dev.obverse.backend.cpu.scalar.ConvForward.run(
                        spec, slope, image.whole(), array(w), bias, array(y)));
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        var end = tail.isLeaky() ? null : arrays(tail, spec.cout());
        float slope = (float) tail.slope();
        if (vector) {
            var kept = CpuStorage.kept(w);
            images.read(
                    spec,
                    x,
                    parts -> dev.obverse.backend.cpu.simd.ConvForward.readsParts(algorithm, spec, parts),
                    image -> dev.obverse.backend.cpu.simd.ConvForward.infer(
                            algorithm, spec, slope, end, image, array(w), b, array(y), kept));
        } else if (end == null) {
            scalar(spec, slope, x, w, b, y);
        } else {
            scalar(spec, 1f, x, w, b, y);
            dev.obverse.backend.cpu.scalar.Tails.run(end, spec.n() * spec.outH(), spec.outW(), spec.cout(), array(y));
        }
    }

    private static Tail arrays(ConvTail tail, int channels) {
        var residual = tail.residual() == null ? null : array(tail.residual());
        float high = (float) tail.high();
        if (tail.slopes() != null) {
            return new Tail(residual, array(tail.slopes()), high);
        }
        boolean linear = tail.slope() == 1 && high == Float.POSITIVE_INFINITY;
        return new Tail(residual, linear ? null : Tail.repeated((float) tail.slope(), channels), high);
    }

    @Override
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, List<Storage> dx) {
        if (vector) {
            images.write(
                    spec,
                    dx,
                    parts -> dev.obverse.backend.cpu.simd.ConvInputGradient.writesParts(algorithm, spec, parts),
                    image -> dev.obverse.backend.cpu.simd.ConvInputGradient.run(
                            algorithm, spec, array(dy), array(w), image));
        } else {
            images.write(
                    spec,
                    dx,
                    _ -> false,
                    image -> dev.obverse.backend.cpu.scalar.ConvInputGradient.run(
                            spec, array(dy), array(w), image.whole()));
        }
    }

    @Override
    public void weightGradient(ConvSpec spec, List<Storage> x, Storage dy, Storage dw) {
        if (vector) {
            images.read(
                    spec,
                    x,
                    parts -> dev.obverse.backend.cpu.simd.ConvWeightGradient.readsParts(algorithm, spec, parts),
                    image -> dev.obverse.backend.cpu.simd.ConvWeightGradient.run(
                            algorithm, spec, image, array(dy), array(dw)));
        } else {
            images.read(
                    spec,
                    x,
                    _ -> false,
                    image -> dev.obverse.backend.cpu.scalar.ConvWeightGradient.run(
                            spec, image.whole(), array(dy), array(dw)));
        }
    }

    @Override
    public void epilogueGradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias) {
        var db = dbias == null ? null : array(dbias);
        float a = (float) slope;
        if (vector) {
            dev.obverse.backend.cpu.simd.ConvEpilogueGradient.run(
                    pixels, channels, a, array(y), array(dy), array(dz), db);
        } else {
            dev.obverse.backend.cpu.scalar.ConvEpilogueGradient.run(
                    pixels, channels, a, array(y), array(dy), array(dz), db);
        }
    }
}
