package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.CopySpec;
import dev.obverse.backend.IndexKernels;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Moving elements about. */
final class ReferenceIndex implements IndexKernels {
    @Override
    public void copy(CopySpec spec, Storage source, Storage target) {
        var from = elements(source);
        var to = elements(target);
        for (int i = 0; i < spec.length(); i++) {
            int read = spec.sourceOffset() + Positions.of(i, spec.extents(), spec.sourceStrides());
            int written = spec.targetOffset() + Positions.of(i, spec.extents(), spec.targetStrides());
            to[written] = from[read];
        }
    }

    @Override
    public void indexSelect(ReduceSpec spec, int[] indices, Storage x, Storage y) {
        gather(spec, indices.length, repeated(spec, indices), x, y);
    }

    @Override
    public void indexSelectGradient(ReduceSpec spec, int[] indices, Storage dy, Storage dx) {
        gatherGradient(spec, indices.length, repeated(spec, indices), dy, dx);
    }

    /** The indices of the {@code gather} that selects whole slices. */
    private static int[] repeated(ReduceSpec spec, int[] indices) {
        var all = new int[spec.outer() * indices.length * spec.inner()];
        for (int i = 0; i < all.length; i++) {
            all[i] = indices[i / spec.inner() % indices.length];
        }
        return all;
    }

    @Override
    public void gather(ReduceSpec spec, int count, int[] indices, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        for (int i = 0; i < spec.outer() * count * spec.inner(); i++) {
            ys[i] = xs[origin(spec, count, indices, i)];
        }
    }

    @Override
    public void gatherGradient(ReduceSpec spec, int count, int[] indices, Storage dy, Storage dx) {
        var dys = elements(dy);
        var dxs = elements(dx);
        Arrays.fill(dxs, 0);
        for (int i = 0; i < spec.outer() * count * spec.inner(); i++) {
            dxs[origin(spec, count, indices, i)] += dys[i];
        }
    }

    /** Where element {@code i} of the result, at {@code [o, j, inner]}, comes from. */
    private static int origin(ReduceSpec spec, int count, int[] indices, int i) {
        int o = i / spec.inner() / count;
        return (o * spec.extent() + indices[i]) * spec.inner() + i % spec.inner();
    }
}
