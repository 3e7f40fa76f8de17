package dev.obverse.cuda.kernel;

import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * One or two sums over the middle axis of {@code [outer, extent, inner]} in a fixed order, {@code reduce.cu}: a kernel
 * sums pieces in double, and the caller's kernel joins them.
 *
 * @param join columns side by side that belong to one group; 1 where each is its own
 */
record Sums(CudaContext context, Launcher launcher, int outer, int extent, int inner, int join) {
    /** What is added up; {@code reduce.cu} has the formulas. */
    enum Terms {
        SUM,
        SQUARES,
        MOMENTS,
        LEAKY;

        private String kernel() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    int outputs() {
        return outer * inner;
    }

    int pieces() {
        return plan().pieces();
    }

    private SumPlan plan() {
        return SumPlan.of(outer, extent, inner);
    }

    /** Sums {@code terms} of {@code x}, and calls {@code then} with the address of the pieces. */
    void of(Terms terms, Storage x, LongConsumer then) {
        of(terms, context.address(x), 0, 0, 1, then);
    }

    /** Addresses of {@code x}, {@code y} and {@code store}, 0 where the terms need none. */
    void of(Terms terms, long x, long y, long store, float slope, LongConsumer then) {
        of(
                terms.kernel(),
                () -> launcher.withAddress(x).withAddress(y).withAddress(store).with(slope),
                then);
    }

    /** Sums what a kernel adds up that takes {@code parameters} between the extents and the pieces. */
    void of(String kernel, Runnable parameters, LongConsumer then) {
        var plan = plan();
        context.withScratch(16L * plan.pieces() * outputs(), partial -> {
            launcher.begin().with(outer).with(extent);
            if (inner > 1) {
                launcher.with(inner).with(join);
            }
            launcher.with(plan.piece());
            parameters.run();
            launcher.withAddress(partial)
                    .launch(kernel + plan.suffix(), plan.grid(), plan.pieces(), plan.blockX(), plan.blockY());
            then.accept(partial);
        });
    }

    /** Starts the kernel, whose parameters have been given, that joins the pieces of each group. */
    void join(String kernel) {
        launcher.launch(kernel, outputs() / join, 1, 32, 1);
    }
}
