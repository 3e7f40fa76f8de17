package dev.obverse.benchmarks.work;

import dev.obverse.backend.ConvSpec;
import dev.obverse.tensor.Device;
import java.util.List;

/** One direction of a 3x3 convolution with padding 1; forward adds a bias. */
public record ConvWork(Direction direction, int batch, int size, int cin, int cout) implements Work {
    @Override
    public String title() {
        return "conv 3x3 %d->%d @%d, batch %d, %s".formatted(cin, cout, size, batch, direction.words());
    }

    @Override
    public double flops() {
        return spec().flops();
    }

    @Override
    public double bytes() {
        return 0;
    }

    private ConvSpec spec() {
        return ConvSpec.square(batch, size, size, cin, cout, 3, 1, 1);
    }

    @Override
    public Task ours() {
        var spec = spec();
        var conv = Device.cpu().backend().conv();
        var x = Inputs.storage("conv x", batch * size * size * cin);
        var w = Inputs.storage("conv w", spec.weightSize());
        var bias = Inputs.storage("conv bias", cout);
        var dy = Inputs.storage("conv dy", spec.outPixels() * cout);
        int length = switch (direction) {
            case FORWARD -> dy.length();
            case INPUT_GRADIENT -> x.length();
            case WEIGHT_GRADIENT -> w.length();
        };
        var result = Inputs.storage(new float[length]);
        return new StorageTask(result, () -> {
            switch (direction) {
                case FORWARD -> conv.forward(spec, 1, List.of(x), w, bias, result);
                case INPUT_GRADIENT -> conv.inputGradient(spec, dy, w, List.of(result));
                case WEIGHT_GRADIENT -> conv.weightGradient(spec, List.of(x), dy, result);
            }
        });
    }
}
