package dev.obverse.benchmarks.work;

import dev.obverse.autograd.NoGrad;
import dev.obverse.drn.DisentanglingReversingNetwork;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;

/** From fakes to traced faces. */
public record TraceWork(int width, int size, int batch) implements Work {
    @Override
    public String title() {
        return "DRN trace, width %d, %dx%d, batch %d".formatted(width, size, size, batch);
    }

    @Override
    public double flops() {
        return new DrnSize(width, size).traceFlops(batch);
    }

    @Override
    public double bytes() {
        return 0;
    }

    @Override
    public boolean ownProcess() {
        return true;
    }

    @Override
    public Task ours() {
        var network = new DisentanglingReversingNetwork(new DrnSize(width, size).architecture(), 1);
        var shape = Shape.of(batch, size, size, 3);
        var fake = Tensor.of(Device.cpu(), Inputs.uniform("fake", shape.size()), shape);
        return new Task() {
            @Override
            public void run() {
                try (var _ = NoGrad.open();
                        var _ = TensorScope.open()) {
                    network.trace(fake);
                }
            }

            @Override
            public float[] result() {
                Parameters.set(network);
                try (var _ = NoGrad.open();
                        var _ = TensorScope.open()) {
                    return network.trace(fake).toArray();
                }
            }
        };
    }
}
