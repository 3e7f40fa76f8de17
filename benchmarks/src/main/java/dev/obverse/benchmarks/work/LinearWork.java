package dev.obverse.benchmarks.work;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.tensor.Device;

/**
 * The fully connected layer {@code y = x w^T} with {@code w [out,in]}, and, if {@code backward}, both gradients too. At
 * the head's extents each byte of the weight is used so little that memory is the bound.
 */
public record LinearWork(boolean backward, int batch, int in, int out) implements Work {
    @Override
    public String title() {
        return "linear %d->%d, batch %d%s".formatted(in, out, batch, backward ? ", forward + backward" : "");
    }

    @Override
    public double flops() {
        return 0;
    }

    /** Forward reads the weight, backward reads it again and writes its gradient. */
    @Override
    public double bytes() {
        return 4.0 * ((double) in * out * (backward ? 3 : 1) + (double) batch * in * (backward ? 3 : 1));
    }

    @Override
    public Task ours() {
        var matmul = Device.cpu().backend().matmul();
        var x = Inputs.storage("linear x", batch * in);
        var w = Inputs.storage("linear w", out * in);
        var y = Inputs.storage(new float[batch * out]);
        var forward = MatmulSpec.of(batch, out, in, false, true);
        if (!backward) {
            return new StorageTask(y, () -> matmul.matmul(forward, x, w, y));
        }
        var dy = Inputs.storage("linear dy", batch * out);
        var dx = Inputs.storage(new float[batch * in]);
        var dw = Inputs.storage(new float[out * in]);
        return new StorageTask(dw, () -> {
            matmul.matmul(forward, x, w, y);
            matmul.matmul(MatmulSpec.of(batch, in, out, false, false), dy, w, dx);
            matmul.matmul(MatmulSpec.of(out, in, batch, true, false), dy, x, dw);
        });
    }
}
