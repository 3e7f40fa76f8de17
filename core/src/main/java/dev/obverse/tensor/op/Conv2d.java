package dev.obverse.tensor.op;

import dev.obverse.backend.ConvSpec;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Shape;

/**
 * {@code y = leaky(x * w + bias)} over {@code x [N,H,W,C]}, {@code w [KH,KW,C/groups,Cout]}, {@code bias [Cout]}.
 *
 * <p>Bias and activation are part of the primitive so that the common block is one pass over memory.
 *
 * @param slope of the LeakyReLU: 1 is no activation, 0 is ReLU
 */
public record Conv2d(ConvOptions geometry, double slope) implements Op {
    @Override
    public String name() {
        return "conv2d";
    }

    @Override
    public void forward(Call call) {
        var spec = spec(call);
        var y = call.result(Shape.of(spec.n(), spec.outH(), spec.outW(), spec.cout()));
        call.backend().conv().forward(spec, slope, call.x(0), call.x(1), call.inputCount() > 2 ? call.x(2) : null, y);
    }

    @Override
    public void backward(Call call) {
        var spec = spec(call);
        var conv = call.backend().conv();
        boolean hasBias = call.inputCount() > 2 && call.wants(2);
        var dz = call.gradient();
        if (slope != 1 || hasBias) {
            dz = slope == 1 ? dz : call.allocateOverGradient();
            var dbias = hasBias ? call.allocate(spec.cout()) : null;
            conv.epilogueGradient(spec.outPixels(), spec.cout(), slope, call.result(), call.gradient(), dz, dbias);
            if (dbias != null) {
                call.deliver(2, dbias);
            }
        }
        if (call.wants(1)) {
            var dw = call.allocate(spec.weightSize());
            conv.weightGradient(spec, call.x(0), dz, dw);
            call.deliver(1, dw);
        }
        if (call.wants(0)) {
            var dx = call.allocate(call.shape(0).size());
            conv.inputGradient(spec, dz, call.x(1), dx);
            call.deliver(0, dx);
        }
    }

    private ConvSpec spec(Call call) {
        var x = call.shape(0);
        var w = call.shape(1);
        if (x.rank() != 4 || w.rank() != 4) {
            throw new IllegalArgumentException(
                    "conv2d: x must be [N,H,W,C] and weight [KH,KW,C/groups,Cout], but they are " + x + " and " + w);
        }
        int groups = geometry.groups();
        if (w.dim(2) * groups != x.dim(3)) {
            throw new IllegalArgumentException("conv2d: x " + x + " has " + x.dim(3) + " channels, weight " + w
                    + " with " + groups + " groups expects " + w.dim(2) * groups);
        }
        if (call.inputCount() > 2 && !call.shape(2).equals(Shape.of(w.dim(3)))) {
            throw new IllegalArgumentException("conv2d: bias must have shape [" + w.dim(3) + "], not " + call.shape(2));
        }
        return geometry.spec(x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(3), w.dim(0), w.dim(1));
    }
}
