package dev.obverse.tensor.op;

import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code y = leaky(x * w + bias)} over {@code x [N,H,W,C]}, {@code w [KH,KW,C/groups,Cout]}, {@code bias [Cout]}.
 *
 * <p>The image {@code x} may be several inputs, {@code [N,H,W,C1]}, {@code [N,H,W,C2]} and so on, and is then what
 * concatenating them along channels would give; no such copy is made where the kernel can do without.
 *
 * <p>Bias and activation are part of the primitive so that the common block is one pass over memory.
 *
 * <p>Where nobody wants a gradient, a residual, PReLU and an upper bound may end it too; {@link ConvTail} has the
 * formula.
 *
 * @param parts number of inputs that are the image, the first ones; the weight is the next
 * @param slope of the LeakyReLU: 1 is no activation, 0 is ReLU
 * @param hasBias whether the input behind the weight is a bias
 * @param hasResidual whether the next input is a residual
 * @param hasSlopes whether the last input is a slope per channel
 * @param high infinite if the result is not bounded
 */
public record Conv2d(
        ConvOptions geometry,
        int parts,
        double slope,
        boolean hasBias,
        boolean hasResidual,
        boolean hasSlopes,
        double high)
        implements Op {
    /** With bias and LeakyReLU only, which has a gradient. */
    public Conv2d(ConvOptions geometry, int parts, double slope, boolean hasBias) {
        this(geometry, parts, slope, hasBias, false, false, Double.POSITIVE_INFINITY);
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
        var bias = hasBias ? call.x(parts + 1) : null;
        if (tail.isLeaky() && NoGrad.isRecording()) {
            conv.forward(spec, slope, image(call), call.x(parts), bias, y);
        } else {
            conv.infer(spec, tail, image(call), call.x(parts), bias, y);
        }
    }

    private List<Storage> image(Call call) {
        return IntStream.range(0, parts).mapToObj(call::x).toList();
    }

    private ConvTail tail(Call call, Shape result) {
        int next = parts + (hasBias ? 2 : 1);
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
        boolean wantsBias = hasBias && call.wants(parts + 1);
        var dz = call.gradient();
        if (slope != 1 || wantsBias) {
            dz = slope == 1 ? dz : call.allocateOverGradient();
            var dbias = wantsBias ? call.allocate(spec.cout()) : null;
            conv.epilogueGradient(spec.outPixels(), spec.cout(), slope, call.result(), call.gradient(), dz, dbias);
            if (dbias != null) {
                call.deliver(parts + 1, dbias);
            }
        }
        if (call.wants(parts)) {
            var dw = call.allocate(spec.weightSize());
            conv.weightGradient(spec, image(call), dz, dw);
            call.deliver(parts, dw);
        }
        if (IntStream.range(0, parts).anyMatch(call::wants)) {
            var dx = IntStream.range(0, parts)
                    .mapToObj(i -> call.allocate(call.shape(i).size()))
                    .toList();
            conv.inputGradient(spec, dz, call.x(parts), dx);
            for (int i = 0; i < parts; i++) {
                if (call.wants(i)) {
                    call.deliver(i, dx.get(i));
                }
            }
        }
    }

    private ConvSpec spec(Call call) {
        var x = call.shape(0);
        var w = call.shape(parts);
        if (x.rank() != 4 || w.rank() != 4) {
            throw new IllegalArgumentException(
                    "conv2d: x must be [N,H,W,C] and weight [KH,KW,C/groups,Cout], but they are " + x + " and " + w);
        }
        for (int i = 1; i < parts; i++) {
            var part = call.shape(i);
            if (part.rank() != 4 || !part.with(3, 0).equals(call.shape(0).with(3, 0))) {
                throw new IllegalArgumentException("conv2d: inputs " + call.shape(0) + " and " + part
                        + " must agree in every axis but the last, the channels");
            }
            x = x.with(3, x.dim(3) + part.dim(3));
        }
        int groups = geometry.groups();
        if (w.dim(2) * groups != x.dim(3)) {
            throw new IllegalArgumentException("conv2d: x " + x + " has " + x.dim(3) + " channels, weight " + w
                    + " with " + groups + " groups expects " + w.dim(2) * groups);
        }
        if (hasBias) {
            check(call, parts + 1, "bias", Shape.of(w.dim(3)));
        }
        return geometry.spec(x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(3), w.dim(0), w.dim(1));
    }
}
