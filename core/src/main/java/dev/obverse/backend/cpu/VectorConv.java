package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.Tail;
import dev.obverse.backend.cpu.simd.ConvEpilogueGradient;
import dev.obverse.backend.cpu.simd.ConvForward;
import dev.obverse.backend.cpu.simd.ConvInputGradient;
import dev.obverse.backend.cpu.simd.ConvWeightGradient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions on vectors. They share no loops with {@link ScalarConv}: what differs is how they block, not only what
 * is innermost.
 *
 * @param algorithm what to use where there is a choice
 * @param images that lie in several blocks
 */
record VectorConv(ConvAlgorithm algorithm, PartedImages images) implements ConvKernels {
    @Override
    public void forward(ConvSpec spec, double slope, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        images.read(
                spec,
                x,
                parts -> ConvForward.readsParts(algorithm, spec, parts),
                image -> ConvForward.run(algorithm, spec, (float) slope, image, array(w), b, array(y)));
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        var end = tail.isLeaky() ? null : Tail.of(tail, spec.cout(), CpuStorage::array);
        var kept = CpuStorage.kept(w);
        images.read(
                spec,
                x,
                parts -> ConvForward.readsParts(algorithm, spec, parts),
                image -> ConvForward.infer(
                        algorithm, spec, (float) tail.slope(), end, image, array(w), b, array(y), kept));
    }

    @Override
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, List<Storage> dx) {
        images.write(
                spec,
                dx,
                parts -> ConvInputGradient.writesParts(algorithm, spec, parts),
                image -> ConvInputGradient.run(algorithm, spec, array(dy), array(w), image));
    }

    @Override
    public void weightGradient(ConvSpec spec, List<Storage> x, Storage dy, Storage dw) {
        images.read(
                spec,
                x,
                parts -> ConvWeightGradient.readsParts(algorithm, spec, parts),
                image -> ConvWeightGradient.run(algorithm, spec, image, array(dy), array(dw)));
    }

    @Override
    public void epilogueGradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias) {
        var db = dbias == null ? null : array(dbias);
        ConvEpilogueGradient.run(pixels, channels, (float) slope, array(y), array(dy), array(dz), db);
    }
}
