package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.PoolKernels;
import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Pooling: for each output element, its window's input elements, row by row. */
final class ReferencePool implements PoolKernels {
    /** One input element that an output element sees. */
    private interface Pair {
        void visit(int in, int out);
    }

    @Override
    public void max(PoolSpec spec, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        Arrays.fill(ys, Double.NEGATIVE_INFINITY);
        forEachPair(spec, (in, out) -> ys[out] = Math.max(ys[out], xs[in]));
    }

    @Override
    public void maxGradient(PoolSpec spec, Storage x, Storage y, Storage dy, Storage dx) {
        var xs = elements(x);
        var ys = elements(y);
        var dys = elements(dy);
        var dxs = elements(dx);
        Arrays.fill(dxs, 0);
        var given = new boolean[ys.length];
        forEachPair(spec, (in, out) -> {
            if (!given[out] && xs[in] == ys[out]) {
                given[out] = true;
                dxs[in] += dys[out];
            }
        });
    }

    @Override
    public void average(PoolSpec spec, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        Arrays.fill(ys, 0);
        forEachPair(spec, (in, out) -> ys[out] += xs[in] / (spec.kh() * spec.kw()));
    }

    @Override
    public void averageGradient(PoolSpec spec, Storage dy, Storage dx) {
        var dys = elements(dy);
        var dxs = elements(dx);
        Arrays.fill(dxs, 0);
        forEachPair(spec, (in, out) -> dxs[in] += dys[out] / (spec.kh() * spec.kw()));
    }

    private static void forEachPair(PoolSpec s, Pair pair) {
        for (int n = 0; n < s.n(); n++) {
            for (int oy = 0; oy < s.outH(); oy++) {
                for (int ox = 0; ox < s.outW(); ox++) {
                    for (int ky = 0; ky < s.kh(); ky++) {
                        for (int kx = 0; kx < s.kw(); kx++) {
                            int iy = oy * s.strideH() + ky - s.padH();
                            int ix = ox * s.strideW() + kx - s.padW();
                            if (iy >= 0 && iy < s.h() && ix >= 0 && ix < s.w()) {
                                int in = ((n * s.h() + iy) * s.w() + ix) * s.c();
                                int out = ((n * s.outH() + oy) * s.outW() + ox) * s.c();
                                for (int c = 0; c < s.c(); c++) {
                                    pair.visit(in + c, out + c);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
