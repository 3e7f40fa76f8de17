package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;
import static dev.obverse.backend.cpu.CpuStorage.change;

import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.Storage;

/**
 * Matrix products. Their two sets of kernels differ in how they block, not only in their innermost loops, so the choice
 * is made here; naming the vector kernels does not load them.
 */
record CpuMatmul(boolean vector) implements MatmulKernels {
    @Override
    public void matmul(MatmulSpec spec, Storage a, Storage b, Storage c) {
        run(spec, a, b, array(c), false);
    }

    @Override
    public void matmulAdd(MatmulSpec spec, Storage a, Storage b, Storage c) {
        change(c, cs -> run(spec, a, b, cs, true));
    }

    private void run(MatmulSpec spec, Storage a, Storage b, float[] c, boolean add) {
        if (vector) {
            dev.obverse.backend.cpu.simd.Gemm.run(spec, array(a), array(b), c, add);
        } else {
            dev.obverse.backend.cpu.scalar.Gemm.run(spec, array(a), array(b), c, add);
        }
    }
}
