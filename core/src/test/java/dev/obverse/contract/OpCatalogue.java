package dev.obverse.contract;

import java.util.List;
import java.util.stream.Stream;

/**
 * The cases, by family: every op and every kernel at extents of 1, around the widths of vector registers (3, 4, 5, 15,
 * 16, 17, 31, 33), at primes, at zero, in every form of broadcasting, and at the shapes of the DRN, scaled down.
 */
public final class OpCatalogue {
    private OpCatalogue() {}

    /** Functions of tensors, differentiable or not. */
    public static List<Case> ops() {
        return Stream.of(
                        ElementwiseCases.all(),
                        BroadcastCases.all(),
                        ReduceCases.all(),
                        MatmulCases.all(),
                        ConvCases.all(),
                        ConvTransposeCases.all(),
                        PoolCases.all(),
                        NormCases.all(),
                        ResampleCases.all(),
                        ShapingCases.all(),
                        CompositeCases.all())
                .flatMap(List::stream)
                .toList();
    }

    /** Kernels, and promises of kernels, that no op reaches: optimisers, argmax, memory, results in place. */
    public static List<KernelCase> kernels() {
        return Stream.of(KernelCases.all(), OptimizerCases.all())
                .flatMap(List::stream)
                .toList();
    }
}
