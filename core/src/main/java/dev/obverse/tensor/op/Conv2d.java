package dev.obverse.tensor.op;

import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Shape;

/**
 * {@code y = leaky(x * w + bias)} over {@code x [N,H,W,C]}, {@code w [KH,KW,C/groups,Cout]}, {@code bias [Cout]}.
 *
 * <p>Bias and activation are part of the primitive so that the common block is one pass over memory.
 *
 * <p>Where nobody wants a gradient, a residual, PReLU and an upper bound may end it too; {@link ConvTail} has the
 * formula.
 *
 * @param slope of the LeakyReLU: 1 is no activation, 0 is ReLU
 * @param hasBias whether input 2 is a bias
 * @param hasResidual whether the next input is a residual
 * @param hasSlopes whether the last input is a slope per channel
 * @param high infinite if the result is not bounded
 */
public record Conv2d(
        ConvOptions geometry, double slope, boolean hasBias, boolean hasResidual, boolean hasSlopes, double high)
        implements Op {
    /** With bias and LeakyReLU only, which has a gradient. */
    public Conv2d(ConvOptions geometry, double slope, boolean hasBias) {
        this(geometry, slope, hasBias, false, false, Double.POSITIVE_INFINITY);
    }

    @Override
    public String name() {
        return "conv2d";
    }

    @Override
    public void forward(Call call) {
        var spec = spec(call);
        var shape = Shape.of(spec.n(), spec.outH(), spec.outW(), spec.cout());
        var tail = tail(call, shape);
        var y = call.result(shape);
        var conv = call.backend().conv();
        var bias = hasBias ? call.x(2) : null;
        if (tail.isLeaky() && NoGrad.isRecording()) {
            conv.forward(spec, slope, call.x(0), call.x(1), bias, y);
        } else {
            conv.infer(spec, tail, call.x(0), call.x(1), bias, y);
        }
    }

    private ConvTail tail(Call call, Shape result) {
        int next = hasBias ? 3 : 2;
        Storage residual = null;
        Storage slopes = null;
        if (hasResidual) {
            check(call, next, "residual", result);
            residual = call.x(next++);
        }
        if (hasSlopes) {
            check(call, next, "slopes", Shape.of(result.dim(3)));
            slopes = call.x(next);
        }
        return new ConvTail(residual, slope, slopes, high);
    }

    private static void check(Call call, int i, String what, Shape shape) {
        if (!call.shape(i).equals(shape)) {
            throw new IllegalArgumentException(
                    "conv2d: " + what + " must have shape " + shape + ", not " + call.shape(i));
        }
    }

    @Override
    public void checkDifferentiable() {
        if (hasResidual || hasSlopes || high != Double.POSITIVE_INFINITY) {
            throw new IllegalStateException("conv2d with a residual, slopes or a bound has no gradient in one piece");
        }
    }

    @Override
    public void backward(Call call) {
        var spec = spec(call);
        var conv = call.backend().conv();
        boolean wantsBias = hasBias && call.wants(2);
        var dz = call.gradient();
        if (slope != 1 || wantsBias) {
            dz = slope == 1 ? dz : call.allocateOverGradient();
            var dbias = wantsBias ? call.allocate(spec.cout()) : null;
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
        if (hasBias) {
            check(call, 2, "bias", Shape.of(w.dim(3)));
        }
        return geometry.spec(x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(3), w.dim(0), w.dim(1));
    }
}
