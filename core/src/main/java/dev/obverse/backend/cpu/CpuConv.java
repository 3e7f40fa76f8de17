package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.Tail;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions. Their two sets of kernels differ in how they block, not only in their innermost loops, so the choice is
 * made here, once per call; naming the vector kernels does not load them.
 *
 * @param algorithm what the vector kernels use where they have a choice
 */
record CpuConv(boolean vector, ConvAlgorithm algorithm) implements ConvKernels {
    @Override
    public void forward(ConvSpec spec, double slope, Storage x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        if (vector) {
            dev.obverse.backend.cpu.simd.ConvForward.run(
                    algorithm, spec, (float) slope, array(x), array(w), b, array(y));
        } else {
            dev.obverse.backend.cpu.scalar.ConvForward.run(spec, (float) slope, array(x), array(w), b, array(y));
        }
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, Storage x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        var end = tail.isLeaky() ? null : arrays(tail, spec.cout());
        float slope = (float) tail.slope();
        if (vector) {
            var kept = CpuStorage.kept(w);
            dev.obverse.backend.cpu.simd.ConvForward.infer(
                    algorithm, spec, slope, end, array(x), array(w), b, array(y), kept);
        } else if (end == null) {
            dev.obverse.backend.cpu.scalar.ConvForward.run(spec, slope, array(x), array(w), b, array(y));
        } else {
            dev.obverse.backend.cpu.scalar.ConvForward.run(spec, 1f, array(x), array(w), b, array(y));
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
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, Storage dx) {
        if (vector) {
            dev.obverse.backend.cpu.simd.ConvInputGradient.run(algorithm, spec, array(dy), array(w), array(dx));
        } else {
            dev.obverse.backend.cpu.scalar.ConvInputGradient.run(spec, array(dy), array(w), array(dx));
        }
    }

    @Override
    public void weightGradient(ConvSpec spec, Storage x, Storage dy, Storage dw) {
        if (vector) {
            dev.obverse.backend.cpu.simd.ConvWeightGradient.run(algorithm, spec, array(x), array(dy), array(dw));
        } else {
            dev.obverse.backend.cpu.scalar.ConvWeightGradient.run(spec, array(x), array(dy), array(dw));
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
