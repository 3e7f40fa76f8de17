package dev.obverse.benchmarks.work;

import dev.obverse.backend.ConvSpec;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import java.util.List;

/**
 * One direction of the decoder's transposed 2x2 convolution with stride 2, from {@code size} to twice that; weights are
 * {@code [2,2,cin,cout]}. Forward adds a bias.
 */
public record UpWork(Direction direction, int batch, int size, int cin, int cout) implements Work {
    @Override
    public String title() {
        return "transposed conv 2x2 %d->%d @%d, batch %d, %s".formatted(cin, cout, size, batch, direction.words());
    }

    @Override
    public double flops() {
        return 2.0 * batch * size * size * 4 * cin * cout;
    }

    @Override
    public double bytes() {
        return 0;
    }

    @Override
    public Task ours() {
        var x = Inputs.tensor("up x", batch, size, size, cin);
        var w = Inputs.tensor("up w", 2, 2, cin, cout);
        var bias = Inputs.tensor("up bias", cout);
        var dy = Inputs.storage("up dy", batch * 4 * size * size * cout);
        var options = ConvOptions.DEFAULT.stride(2);
        // The layer's gradients are the mirrored convolution's: from cout channels to cin.
        var conv = Device.cpu().backend().conv();
        var mirrored = ConvSpec.square(batch, 2 * size, 2 * size, /* cin= */ cout, /* cout= */ cin, 2, 2, 0);
        var swapped = w.permute(0, 1, 3, 2);
        return switch (direction) {
            case FORWARD -> new TensorTask(() -> Functional.convTranspose2d(x, w, bias, options, 0));
            case INPUT_GRADIENT -> {
                var dx = Inputs.storage(new float[x.size()]);
                yield new StorageTask(dx, () -> conv.forward(mirrored, 1, List.of(dy), swapped.storage(), null, dx));
            }
            case WEIGHT_GRADIENT -> {
                var dw = Inputs.storage(new float[w.size()]);
                yield new StorageTask(dw, () -> conv.weightGradient(mirrored, List.of(dy), x.storage(), dw));
            }
        };
    }
}
