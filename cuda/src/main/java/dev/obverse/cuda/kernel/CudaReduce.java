package dev.obverse.cuda.kernel;

import dev.obverse.backend.ReduceKernels;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;

/** Reductions along one axis, {@code reduce.cu}. */
public record CudaReduce(CudaContext context, Launcher launcher) implements ReduceKernels {
    /** Axes this short are summed by one thread. */
    private static final int SHORT = 16;

    @Override
    public void sum(ReduceSpec spec, double factor, Storage x, Storage y) {
        int outputs = spec.outer() * spec.inner();
        if (outputs == 0) {
            return;
        }
        context.run("sum", spec, () -> {
            if (spec.extent() <= SHORT) {
                launcher.begin()
                        .with(outputs)
                        .withDivisor(spec.inner())
                        .with(spec.extent())
                        .with(factor)
                        .with(x)
                        .with(y)
                        .overElements("sum_short", outputs);
                return;
            }
            var sums = new Sums(context, launcher, spec.outer(), spec.extent(), spec.inner(), 1);
            sums.of(Sums.Terms.SUM, x, partial -> {
                launcher.begin()
                        .with(sums.pieces())
                        .with(outputs)
                        .with(factor)
                        .withAddress(partial)
                        .with(y);
                sums.join("join_sum");
            });
        });
    }

    @Override
    public void max(ReduceSpec spec, Storage x, Storage y) {
        int outputs = spec.outer() * spec.inner();
        if (outputs == 0) {
            return;
        }
        context.run("max", spec, () -> {
            if (spec.inner() == 1) {
                launcher.begin().with(spec.extent()).with(x).with(y).launch("max_rows", spec.outer(), 1, 256, 1);
            } else {
                columns(spec).with(x).with(y).overElements("max_columns", outputs);
            }
        });
    }

    @Override
    public int[] argmax(ReduceSpec spec, Storage x) {
        var result = new int[spec.outer() * spec.inner()];
        if (result.length > 0) {
            context.run(
                    "argmax",
                    spec,
                    () -> context.withScratch(4L * result.length, index -> {
                        columns(spec).with(x).withAddress(index).overElements("argmax", result.length);
                        context.read(index, result);
                    }));
        }
        return result;
    }

    private Launcher columns(ReduceSpec spec) {
        return launcher.begin()
                .with(spec.outer() * spec.inner())
                .withDivisor(spec.inner())
                .with(spec.extent());
    }
}
