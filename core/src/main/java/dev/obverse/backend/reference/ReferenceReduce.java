package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.ReduceKernels;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Storage;

/** Reductions of the middle axis, first element to last. */
final class ReferenceReduce implements ReduceKernels {
    @Override
    public void sum(ReduceSpec spec, double factor, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        for (int o = 0; o < spec.outer(); o++) {
            for (int i = 0; i < spec.inner(); i++) {
                double sum = 0;
                for (int e = 0; e < spec.extent(); e++) {
                    sum += xs[at(spec, o, e, i)];
                }
                ys[o * spec.inner() + i] = factor * sum;
            }
        }
    }

    @Override
    public void max(ReduceSpec spec, Storage x, Storage y) {
        var xs = elements(x);
        var ys = elements(y);
        for (int o = 0; o < spec.outer(); o++) {
            for (int i = 0; i < spec.inner(); i++) {
                double max = Double.NEGATIVE_INFINITY;
                for (int e = 0; e < spec.extent(); e++) {
                    max = Math.max(max, xs[at(spec, o, e, i)]);
                }
                ys[o * spec.inner() + i] = max;
            }
        }
    }

    @Override
    public int[] argmax(ReduceSpec spec, Storage x) {
        var xs = elements(x);
        var indices = new int[spec.outer() * spec.inner()];
        for (int o = 0; o < spec.outer(); o++) {
            for (int i = 0; i < spec.inner(); i++) {
                int best = 0;
                for (int e = 1; e < spec.extent(); e++) {
                    if (xs[at(spec, o, e, i)] > xs[at(spec, o, best, i)]) {
                        best = e;
                    }
                }
                indices[o * spec.inner() + i] = best;
            }
        }
        return indices;
    }

    private static int at(ReduceSpec spec, int o, int e, int i) {
        return (o * spec.extent() + e) * spec.inner() + i;
    }
}
