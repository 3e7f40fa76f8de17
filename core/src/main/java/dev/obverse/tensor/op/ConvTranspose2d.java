package dev.obverse.tensor.op;

import dev.obverse.backend.Binary;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Shape;
import java.util.List;

/**
 * The input gradient of a convolution, run forward: {@code x [N,H,W,C]}, {@code w [KH,KW,C,Cout/groups]}, optional
 * {@code bias [Cout]}. Extent of the result: {@code (in - 1) stride - 2 pad + dilation (k - 1) + outputPadding + 1}.
 *
 * <p>The mirrored convolution maps the result's channels to {@code C}, so it wants the weight as
 * {@code [KH,KW,Cout/groups,C]}: the last two axes are swapped here, in one small pass.
 */
public record ConvTranspose2d(ConvOptions geometry, int outputPadding) implements Op {
    @Override
    public String name() {
        return "conv_transpose2d";
    }

    @Override
    public void forward(Call call) {
        var mirrored = mirrored(call);
        var y = call.result(Shape.of(mirrored.n(), mirrored.h(), mirrored.w(), mirrored.cin()));
        var w = swapped(call, call.x(1), call.shape(1));
        call.save(w);
        call.backend().conv().inputGradient(mirrored, call.x(0), w, List.of(y));
        if (call.inputCount() > 2) {
            var reading = Strides.reading(call.resultShape(), call.shape(2), call.resultShape());
            call.backend().elementwise().binary(Binary.ADD, reading, y, call.x(2), y);
        }
    }

    @Override
    public void backward(Call call) {
        var mirrored = mirrored(call);
        var conv = call.backend().conv();
        var dy = call.gradient();
        if (call.inputCount() > 2 && call.wants(2)) {
            var dbias = call.allocate(mirrored.cin());
            int pixels = mirrored.n() * mirrored.h() * mirrored.w();
            conv.epilogueGradient(pixels, mirrored.cin(), 1, call.result(), dy, dy, dbias);
            call.deliver(2, dbias);
        }
        if (call.wants(1)) {
            var dw = call.allocate(mirrored.weightSize());
            conv.weightGradient(mirrored, List.of(dy), call.x(0), dw);
            var w = call.shape(1);
            call.deliver(1, swapped(call, dw, Shape.of(w.dim(0), w.dim(1), w.dim(3), w.dim(2))));
        }
        if (call.wants(0)) {
            var dx = call.allocate(call.shape(0).size());
            conv.forward(mirrored, 1, List.of(dy), call.saved(0), null, dx);
            call.deliver(0, dx);
        }
    }

    /** {@code [KH,KW,a,b]} as {@code [KH,KW,b,a]}. */
    private static Storage swapped(Call call, Storage w, Shape shape) {
        int taps = shape.dim(0) * shape.dim(1);
        int a = shape.dim(2);
        int b = shape.dim(3);
        var result = call.allocate(shape.size());
        call.backend()
                .index()
                .copy(
                        new CopySpec(new int[] {taps, b, a}, 0, new int[] {a * b, 1, b}, 0, new int[] {a * b, a, 1}),
                        w,
                        result);
        return result;
    }

    private ConvSpec mirrored(Call call) {
        var x = call.shape(0);
        var w = call.shape(1);
        if (x.rank() != 4 || w.rank() != 4 || w.dim(2) != x.dim(3)) {
            throw new IllegalArgumentException(
                    "conv_transpose2d: x must be [N,H,W,C] and weight [KH,KW,C,Cout/groups], but they are " + x
                            + " and " + w);
        }
        var g = geometry;
        if (outputPadding < 0 || outputPadding >= Math.min(g.strideH(), g.strideW())) {
            throw new IllegalArgumentException("conv_transpose2d: output padding " + outputPadding
                    + " must be 0 or more and less than the stride " + g.strideH() + "x" + g.strideW());
        }
        int cout = w.dim(3) * g.groups();
        if (call.inputCount() > 2 && !call.shape(2).equals(Shape.of(cout))) {
            throw new IllegalArgumentException(
                    "conv_transpose2d: bias must have shape [" + cout + "], not " + call.shape(2));
        }
        int h = (x.dim(1) - 1) * g.strideH()
                - g.padTop()
                - g.padBottom()
                + g.dilationH() * (w.dim(0) - 1)
                + outputPadding
                + 1;
        int width = (x.dim(2) - 1) * g.strideW()
                - g.padLeft()
                - g.padRight()
                + g.dilationW() * (w.dim(1) - 1)
                + outputPadding
                + 1;
        return g.spec(x.dim(0), h, width, /* cin= */ cout, /* cout= */ x.dim(3), w.dim(0), w.dim(1));
    }
}
