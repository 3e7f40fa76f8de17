package dev.obverse.backend.cpu;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.conv.ImageParts;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Images in several blocks for kernels that may not know parts: those get one array from the pool, copied from the
 * parts before they read it, or to the parts after they have written it.
 */
record PartedImages(ElementwiseLoops loops, ArrayPool pool) {
    /** Calls {@code kernel} with the image {@code x} in one piece. */
    void read(ConvSpec spec, List<Storage> x, Consumer<float[]> kernel) {
        read(spec, x, _ -> false, image -> kernel.accept(image.whole()));
    }

    /** Calls {@code kernel} with the image {@code x}, in one piece unless such parts are {@code readable}. */
    void read(ConvSpec spec, List<Storage> x, Predicate<ImageParts> readable, Consumer<ImageParts> kernel) {
        var parts = parts(spec, x);
        if (parts.count() == 1 || readable.test(parts)) {
            kernel.accept(parts);
            return;
        }
        var whole = pool.take(spec.inPixels() * spec.cin());
        int at = 0;
        for (int i = 0; i < parts.count(); i++) {
            int channels = parts.channels()[i];
            copy(CopySpec.columns(spec.inPixels(), channels, 0, channels, at, spec.cin()), parts.arrays()[i], whole);
            at += channels;
        }
        kernel.accept(ImageParts.of(whole, spec.cin()));
        pool.give(whole);
    }

    /** Calls {@code kernel} to overwrite the image {@code x} in one piece. */
    void write(ConvSpec spec, List<Storage> x, Consumer<float[]> kernel) {
        write(spec, x, _ -> false, image -> kernel.accept(image.whole()));
    }

    /** Calls {@code kernel} to overwrite the image {@code x}, in one piece unless such parts are {@code writable}. */
    void write(ConvSpec spec, List<Storage> x, Predicate<ImageParts> writable, Consumer<ImageParts> kernel) {
        var parts = parts(spec, x);
        if (parts.count() == 1 || writable.test(parts)) {
            kernel.accept(parts);
            return;
        }
        var whole = pool.take(spec.inPixels() * spec.cin());
        kernel.accept(ImageParts.of(whole, spec.cin()));
        int at = 0;
        for (int i = 0; i < parts.count(); i++) {
            int channels = parts.channels()[i];
            copy(CopySpec.columns(spec.inPixels(), channels, at, spec.cin(), 0, channels), whole, parts.arrays()[i]);
            at += channels;
        }
        pool.give(whole);
    }

    private static ImageParts parts(ConvSpec spec, List<Storage> x) {
        if (x.size() == 1) {
            return ImageParts.of(CpuStorage.array(x.getFirst()), spec.cin());
        }
        var arrays = new float[x.size()][];
        var channels = new int[x.size()];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = CpuStorage.array(x.get(i));
            channels[i] = spec.channels(x.get(i));
        }
        return new ImageParts(arrays, channels);
    }

    private void copy(CopySpec spec, float[] from, float[] to) {
        int length = spec.length();
        if (length > 0) {
            new StridedCopy(loops, spec, from, to).run(length);
        }
    }
}
