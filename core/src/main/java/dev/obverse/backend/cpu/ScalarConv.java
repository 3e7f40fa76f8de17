package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.Tail;
import dev.obverse.backend.cpu.scalar.ConvEpilogueGradient;
import dev.obverse.backend.cpu.scalar.ConvForward;
import dev.obverse.backend.cpu.scalar.ConvInputGradient;
import dev.obverse.backend.cpu.scalar.ConvWeightGradient;
import dev.obverse.backend.cpu.scalar.Tails;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Convolutions in plain Java, for a JVM without vectors. */
record ScalarConv(PartedImages images) implements ConvKernels {
    @Override
    public void forward(ConvSpec spec, double slope, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        var b = bias == null ? null : array(bias);
        images.read(spec, x, image -> ConvForward.run(spec, (float) slope, image, array(w), b, array(y)));
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        if (tail.isLeaky()) {
            forward(spec, tail.slope(), x, w, bias, y);
            return;
        }
        forward(spec, 1, x, w, bias, y);
        var end = Tail.of(tail, spec.cout(), CpuStorage::array);
        Tails.run(end, spec.n() * spec.outH(), spec.outW(), spec.cout(), array(y));
    }

    @Override
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, List<Storage> dx) {
        images.write(spec, dx, image -> ConvInputGradient.run(spec, array(dy), array(w), image));
    }

    @Override
    public void weightGradient(ConvSpec spec, List<Storage> x, Storage dy, Storage dw) {
        images.read(spec, x, image -> ConvWeightGradient.run(spec, image, array(dy), array(dw)));
    }

    @Override
    public void epilogueGradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias) {
        var db = dbias == null ? null : array(dbias);
        ConvEpilogueGradient.run(pixels, channels, (float) slope, array(y), array(dy), array(dz), db);
    }
}
