package dev.obverse.benchmarks.work;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.tensor.Device;

/** A square matrix product {@code c = a b}, row-major, {@code n} x {@code n}. */
public record GemmWork(int n) implements Work {
    @Override
    public String title() {
        return "gemm " + n;
    }

    @Override
    public double flops() {
        return 2.0 * n * n * n;
    }

    @Override
    public double bytes() {
        return 0;
    }

    @Override
    public Task ours() {
        var spec = MatmulSpec.of(n, n, n, false, false);
        var matmul = Device.cpu().backend().matmul();
        var a = Inputs.storage("gemm a", n * n);
        var b = Inputs.storage("gemm b", n * n);
        var c = Inputs.storage(new float[n * n]);
        return new StorageTask(c, () -> matmul.matmul(spec, a, b, c));
    }
}
