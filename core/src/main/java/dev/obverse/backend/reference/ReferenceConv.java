package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution is the set of its multiplications {@code y[out] += x[in] w[weight]}. All three directions walk that one
 * set; each adds to another of the three arrays.
 */
final class ReferenceConv implements ConvKernels {
    /** One multiplication, by the offsets of its three elements. */
    private interface Term {
        void add(int in, int weight, int out);
    }

    @Override
    public void forward(ConvSpec spec, double slope, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        var xs = joined(spec, x);
        var ws = elements(w);
        var ys = elements(y);
        for (int i = 0; i < spec.outPixels() * spec.cout(); i++) {
            ys[i] = bias == null ? 0 : elements(bias)[i % spec.cout()];
        }
        forEachTerm(spec, (in, weight, out) -> ys[out] += xs[in] * ws[weight]);
        for (int i = 0; i < spec.outPixels() * spec.cout(); i++) {
            ys[i] = ys[i] > 0 ? ys[i] : slope * ys[i];
        }
    }

    @Override
    public void infer(ConvSpec spec, ConvTail tail, List<Storage> x, Storage w, @Nullable Storage bias, Storage y) {
        forward(spec, 1, x, w, bias, y);
        var ys = elements(y);
        for (int i = 0; i < spec.outPixels() * spec.cout(); i++) {
            double v = tail.residual() == null ? ys[i] : ys[i] + elements(tail.residual())[i];
            double slope = tail.slopes() == null ? tail.slope() : elements(tail.slopes())[i % spec.cout()];
            double leaky = v > 0 ? v : slope * v;
            ys[i] = leaky > tail.high() ? tail.high() : leaky;
        }
    }

    @Override
    public void inputGradient(ConvSpec spec, Storage dy, Storage w, List<Storage> dx) {
        var dys = elements(dy);
        var ws = elements(w);
        var dxs = new double[spec.inPixels() * spec.cin()];
        forEachTerm(spec, (in, weight, out) -> dxs[in] += dys[out] * ws[weight]);
        forEachPart(spec, dx, (part, i, whole) -> part[i] = dxs[whole]);
    }

    @Override
    public void weightGradient(ConvSpec spec, List<Storage> x, Storage dy, Storage dw) {
        var xs = joined(spec, x);
        var dys = elements(dy);
        var dws = elements(dw);
        Arrays.fill(dws, 0);
        forEachTerm(spec, (in, weight, out) -> dws[weight] += dys[out] * xs[in]);
    }

    /** An element of an image, by its part, its index there, and its index in the whole. */
    private interface Element {
        void visit(double[] part, int i, int whole);
    }

    private static void forEachPart(ConvSpec s, List<Storage> x, Element element) {
        int from = 0;
        for (var storage : x) {
            var part = elements(storage);
            int channels = s.channels(storage);
            for (int i = 0; i < s.inPixels() * channels; i++) {
                element.visit(part, i, i / channels * s.cin() + from + i % channels);
            }
            from += channels;
        }
    }

    private static double[] joined(ConvSpec spec, List<Storage> x) {
        var xs = new double[spec.inPixels() * spec.cin()];
        forEachPart(spec, x, (part, i, whole) -> xs[whole] = part[i]);
        return xs;
    }

    private static void forEachTerm(ConvSpec s, Term term) {
        for (int n = 0; n < s.n(); n++) {
            for (int oy = 0; oy < s.outH(); oy++) {
                for (int ox = 0; ox < s.outW(); ox++) {
                    for (int ky = 0; ky < s.kh(); ky++) {
                        for (int kx = 0; kx < s.kw(); kx++) {
                            int iy = oy * s.strideH() + ky * s.dilationH() - s.padTop();
                            int ix = ox * s.strideW() + kx * s.dilationW() - s.padLeft();
                            if (iy >= 0 && iy < s.h() && ix >= 0 && ix < s.w()) {
                                int in = ((n * s.h() + iy) * s.w() + ix) * s.cin();
                                int out = ((n * s.outH() + oy) * s.outW() + ox) * s.cout();
                                channels(s, in, (ky * s.kw() + kx) * (s.cin() / s.groups()) * s.cout(), out, term);
                            }
                        }
                    }
                }
            }
        }
    }

    /** All channel pairs of one tap: an output channel sees the input channels of its own group. */
    private static void channels(ConvSpec s, int in, int weight, int out, Term term) {
        int inPerGroup = s.cin() / s.groups();
        int outPerGroup = s.cout() / s.groups();
        for (int ci = 0; ci < inPerGroup; ci++) {
            for (int co = 0; co < s.cout(); co++) {
                int group = co / outPerGroup;
                term.add(in + group * inPerGroup + ci, weight + ci * s.cout() + co, out + co);
            }
        }
    }

    @Override
    public void epilogueGradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias) {
        var ys = elements(y);
        var dys = elements(dy);
        var dzs = elements(dz);
        for (int i = 0; i < pixels * channels; i++) {
            dzs[i] = dys[i] * (ys[i] > 0 ? 1 : slope);
        }
        if (dbias != null) {
            var dbs = elements(dbias);
            Arrays.fill(dbs, 0);
            for (int i = 0; i < pixels * channels; i++) {
                dbs[i % channels] += dzs[i];
            }
        }
    }
}
