package dev.obverse.drn;

import dev.obverse.autograd.NoGrad;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;

/**
 * Answers the question the network is for: given a fake, what was the original probably like? Given the fake only. Many
 * threads may use one tracer.
 *
 * <p>A traced face is a plausible reconstruction, not proof.
 */
public final class Tracer {
    private final DisentanglingReversingNetwork network;

    /** Switches {@code network} to evaluation mode. */
    public Tracer(DisentanglingReversingNetwork network) {
        this.network = network;
        network.eval();
    }

    /** Side of the images that the network works on. */
    public int size() {
        return network.architecture().size();
    }

    /**
     * Traces a batch.
     *
     * @param fakes {@code [N,S,S,3]}, values in [0,1]
     * @return the same shape, range and device; belongs to the scope that is open when this is called
     */
    public Tensor trace(Tensor fakes) {
        try (var _ = NoGrad.open();
                var scope = TensorScope.open()) {
            return scope.keep(network.trace(fakes.to(device())).to(fakes.device()));
        }
    }

    /** Traces one picture of any size, which is resized to the network's; so is the result. */
    public RgbImage trace(RgbImage fake) {
        int size = size();
        var resized = fake.resize(size, size);
        try (var _ = TensorScope.open()) {
            var traced = trace(Tensor.of(Device.cpu(), resized.rgb(), Shape.of(1, size, size, 3)));
            return new RgbImage(size, size, traced.toArray());
        }
    }

    private Device device() {
        return network.parameters().getFirst().value().device();
    }
}
