package dev.obverse.backend.cpu;

import dev.obverse.backend.cpu.scalar.ScalarElementwise;
import dev.obverse.backend.cpu.scalar.ScalarNorm;
import dev.obverse.backend.cpu.scalar.ScalarOptimizer;
import dev.obverse.backend.cpu.scalar.ScalarPool;
import dev.obverse.backend.cpu.scalar.ScalarReduce;
import dev.obverse.backend.cpu.scalar.ScalarResample;
import dev.obverse.backend.cpu.scalar.ScalarSoftmax;
import dev.obverse.backend.cpu.simd.VectorElementwise;
import dev.obverse.backend.cpu.simd.VectorNorm;
import dev.obverse.backend.cpu.simd.VectorOptimizer;
import dev.obverse.backend.cpu.simd.VectorPool;
import dev.obverse.backend.cpu.simd.VectorReduce;
import dev.obverse.backend.cpu.simd.VectorResample;
import dev.obverse.backend.cpu.simd.VectorSoftmax;

/** One set of inner loops. */
record Loops(
        ElementwiseLoops elementwise,
        ReduceLoops reduce,
        NormLoops norm,
        SoftmaxLoops softmax,
        PoolLoops pool,
        ResampleLoops resample,
        OptimizerLoops optimizer) {

    /** On {@code jdk.incubator.vector}, which must be there. */
    static Loops vector() {
        return new Loops(
                new VectorElementwise(),
                new VectorReduce(),
                new VectorNorm(),
                new VectorSoftmax(),
                new VectorPool(),
                new VectorResample(),
                new VectorOptimizer());
    }

    /** In plain Java. */
    static Loops scalar() {
        return new Loops(
                new ScalarElementwise(),
                new ScalarReduce(),
                new ScalarNorm(),
                new ScalarSoftmax(),
                new ScalarPool(),
                new ScalarResample(),
                new ScalarOptimizer());
    }
}
