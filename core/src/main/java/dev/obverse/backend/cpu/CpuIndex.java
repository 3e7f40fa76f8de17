package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;
import static dev.obverse.backend.cpu.CpuStorage.change;

import dev.obverse.backend.CopySpec;
import dev.obverse.backend.IndexKernels;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Moving elements. Gradients add in index order: a piece owns whole columns, so no two threads meet. */
final class CpuIndex implements IndexKernels {
    /** Fewest columns of a piece of a gradient: two cache lines, so that threads hardly share one. */
    private static final int STRIP = 32;

    private final ElementwiseLoops loops;

    CpuIndex(ElementwiseLoops loops) {
        this.loops = loops;
    }

    @Override
    public void copy(CopySpec spec, Storage source, Storage target) {
        int length = spec.length();
        if (length > 0) {
            var from = array(source);
            change(target, to -> new StridedCopy(loops, spec, from, to).run(length));
        }
    }

    @Override
    public void indexSelect(ReduceSpec spec, int[] indices, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        int inner = spec.inner();
        if (indices.length == 0) {
            return;
        }
        Pieces.overRows(spec.outer() * indices.length, inner, (from, to) -> {
            for (int r = from; r < to; r++) {
                int row = r / indices.length * spec.extent() + indices[r % indices.length];
                System.arraycopy(xs, row * inner, ys, r * inner, inner);
            }
        });
    }

    @Override
    public void indexSelectGradient(ReduceSpec spec, int[] indices, Storage dy, Storage dx) {
        var dys = array(dy);
        var dxs = array(dx);
        int inner = spec.inner();
        overStrips(spec, indices.length, (o, left, right) -> {
            zero(spec, o, left, right, dxs);
            for (int j = 0; j < indices.length; j++) {
                int to = (o * spec.extent() + indices[j]) * inner;
                int from = (o * indices.length + j) * inner;
                for (int i = left; i < right; i++) {
                    dxs[to + i] += dys[from + i];
                }
            }
        });
    }

    @Override
    public void gather(ReduceSpec spec, int count, int[] indices, Storage x, Storage y) {
        var xs = array(x);
        var ys = array(y);
        int inner = spec.inner();
        Pieces.overRows(spec.outer() * count, inner, (from, to) -> {
            for (int r = from; r < to; r++) {
                int base = r / count * spec.extent() * inner;
                for (int i = 0; i < inner; i++) {
                    ys[r * inner + i] = xs[base + indices[r * inner + i] * inner + i];
                }
            }
        });
    }

    @Override
    public void gatherGradient(ReduceSpec spec, int count, int[] indices, Storage dy, Storage dx) {
        var dys = array(dy);
        var dxs = array(dx);
        int inner = spec.inner();
        overStrips(spec, count, (o, left, right) -> {
            zero(spec, o, left, right, dxs);
            int base = o * spec.extent() * inner;
            for (int r = o * count; r < (o + 1) * count; r++) {
                for (int i = left; i < right; i++) {
                    dxs[base + indices[r * inner + i] * inner + i] += dys[r * inner + i];
                }
            }
        });
    }

    private interface Strip {
        /** Columns {@code left} to {@code right} (exclusive) of outer index {@code o}. */
        void run(int o, int left, int right);
    }

    private static void overStrips(ReduceSpec spec, int count, Strip body) {
        int inner = spec.inner();
        if (inner == 0) {
            return;
        }
        long rows = (long) spec.extent() + count;
        int strip = Math.clamp(Pieces.GRAIN / Math.max(1, rows), Math.min(STRIP, inner), inner);
        int strips = (inner - 1) / strip + 1;
        Pieces.overRows(spec.outer() * strips, rows * strip, (from, to) -> {
            for (int p = from; p < to; p++) {
                int left = p % strips * strip;
                body.run(p / strips, left, Math.min(left + strip, inner));
            }
        });
    }

    private static void zero(ReduceSpec spec, int o, int left, int right, float[] dx) {
        for (int e = o * spec.extent(); e < (o + 1) * spec.extent(); e++) {
            Arrays.fill(dx, e * spec.inner() + left, e * spec.inner() + right, 0f);
        }
    }
}
