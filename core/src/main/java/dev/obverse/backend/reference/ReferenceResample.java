package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.ResampleKernels;
import dev.obverse.backend.ResizeSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/** Every output pixel is a weighted sum of up to four input pixels; backward sends it back by the same weights. */
final class ReferenceResample implements ResampleKernels {
    private interface Term {
        void add(int in, double weight, int out);
    }

    /** Position along one axis: {@code (1 - share)} of {@code low} and {@code share} of {@code high}. */
    private record Tap(int low, int high, double share) {}

    @Override
    public void resize(ResizeSpec spec, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        Arrays.fill(ys, 0);
        forEachTerm(spec, (in, weight, out) -> ys[out] += weight * xs[in]);
    }

    @Override
    public void resizeGradient(ResizeSpec spec, Storage dy, Storage dx) {
        var dys = elements(dy);
        var dxs = elements(dx);
        Arrays.fill(dxs, 0);
        forEachTerm(spec, (in, weight, out) -> dxs[in] += weight * dys[out]);
    }

    private static void forEachTerm(ResizeSpec s, Term term) {
        for (int n = 0; n < s.n(); n++) {
            for (int oy = 0; oy < s.outH(); oy++) {
                for (int ox = 0; ox < s.outW(); ox++) {
                    var v = tap(s.mode(), oy, s.h(), s.outH());
                    var u = tap(s.mode(), ox, s.w(), s.outW());
                    for (int c = 0; c < s.c(); c++) {
                        int out = ((n * s.outH() + oy) * s.outW() + ox) * s.c() + c;
                        term.add(at(s, n, v.low, u.low, c), (1 - v.share) * (1 - u.share), out);
                        term.add(at(s, n, v.low, u.high, c), (1 - v.share) * u.share, out);
                        term.add(at(s, n, v.high, u.low, c), v.share * (1 - u.share), out);
                        term.add(at(s, n, v.high, u.high, c), v.share * u.share, out);
                    }
                }
            }
        }
    }

    private static int at(ResizeSpec s, int n, int y, int x, int c) {
        return ((n * s.h() + y) * s.w() + x) * s.c() + c;
    }

    private static Tap tap(ResizeSpec.Mode mode, int i, int in, int out) {
        return switch (mode) {
            case NEAREST -> {
                int nearest = (int) ((long) i * in / out);
                yield new Tap(nearest, nearest, 0);
            }
            case BILINEAR -> {
                double position = Math.clamp((i + 0.5) * in / out - 0.5, 0, in - 1);
                int low = (int) position;
                yield new Tap(low, Math.min(low + 1, in - 1), position - low);
            }
        };
    }
}
