package dev.obverse.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.random.Philox;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * A mistake is answered at the call, in one sentence that names the operation, what was expected and what was given.
 */
class ErrorMessagesTest {
    private static Tensor t(int... extents) {
        return Tensor.zeros(Device.reference(), Shape.of(extents));
    }

    private static void fails(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static void isTooEarly(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
    }

    @Test
    void arithmetic() {
        fails(
                "add: shapes [2,3] and [4] do not broadcast: counted from the last axis, extents must be equal or 1",
                () -> t(2, 3).add(t(4)));
        fails("matmul: inner extents differ: [2,3] has 3 columns, [4,5] has 4 rows", () -> t(2, 3).matmul(t(4, 5)));
        fails(
                "matmul: inner extents differ: [2,3] has 3 columns, [4,5] (transposed) has 5 rows",
                () -> t(2, 3).matmulTransposed(t(4, 5)));
        fails("matmul: [3] and [3,4] must both have at least two axes", () -> t(3).matmul(t(3, 4)));
        fails(
                "matmul: batch axes of [2,3,4] and [5,4,3] must be equal, or one input must be a plain matrix",
                () -> t(2, 3, 4).matmul(t(5, 4, 3)));
        fails("clamp: low 2.0 must not exceed high 1.0", () -> t(1).clamp(2, 1));
        fails(
                "leaky_relu: slope must be 0 or more, not -0.5; backward reads the sign of the result",
                () -> t(1).leakyRelu(-0.5));
    }

    @Test
    void axesAndShapes() {
        fails("Axis 2 does not exist in shape [2,3], which has rank 2", () -> t(2, 3).sum(2));
        fails("sum: axis 1 is named twice in [1, -1] for shape [2,3]", () -> t(2, 3).sum(1, -1));
        fails("amax: shape [0,3] has no element to take the maximum of", () -> t(0, 3).amax(0));
        fails("argmax: axis 0 of shape [0,3] is empty", () -> t(0, 3).argmax(0));
        fails("reshape: shape [2,3] has 6 elements, [4] has 4", () -> t(2, 3).reshape(4));
        fails("reshape: shape [2,3] does not divide into [4, -1]", () -> t(2, 3).reshape(4, -1));
        fails(
                "permute: [0, 1] must name every axis of shape [2,3,4] once",
                () -> t(2, 3, 4).permute(0, 1));
        fails("transpose: needs two axes, but the shape is [3]", () -> t(3).transpose());
        fails("expand: shape [2,3] does not broadcast to [3]", () -> t(2, 3).expand(3));
        fails(
                "concat: shapes [2,3] and [2,4] must agree in every axis except axis 0",
                () -> Functional.concat(0, t(2, 3), t(2, 4)));
        fails("concat: at least one tensor is needed", () -> Functional.concat(0));
        fails("slice: [1:5:1] does not lie within axis 0 of shape [4]", () -> t(4).slice(0, 1, 5));
        fails(
                "pad: [1] and [1, 1] must hold one number, 0 or more, for each axis of shape [2,3]",
                () -> t(2, 3).pad(new int[] {1}, new int[] {1, 1}, 0));
        fails("index_select: index 4 does not exist in axis 0 of shape [4,2]", () -> t(4, 2).indexSelect(0, 1, 4));
        fails("gather: index -1 does not exist in axis 1 of shape [1,2]", () -> t(1, 2).gather(1, 1, -1));
        fails("gather: a result of shape [3,1] needs 3 indices, but 2 were given", () -> t(3, 2).gather(1, 1, 0, 1));
        fails("Shape [2, -1] has a negative extent; every extent must be 0 or more", () -> Shape.of(2, -1));
        fails(
                "Shape [65536, 65536] has more than 2^31-1 elements; split the work into smaller batches",
                () -> Shape.of(65536, 65536));
        fails("Shape [2,2] needs 4 values, but 3 were given", () -> Tensor.of(new float[3], 2, 2));
    }

    @Test
    void images() {
        fails(
                "conv2d: x must be [N,H,W,C] and weight [KH,KW,C/groups,Cout], but they are [4,4,3] and [3,3,3,8]",
                () -> Functional.conv2d(t(4, 4, 3), t(3, 3, 3, 8), null, ConvOptions.DEFAULT));
        fails(
                "conv2d: x [1,4,4,3] has 3 channels, weight [3,3,4,8] with 1 groups expects 4",
                () -> Functional.conv2d(t(1, 4, 4, 3), t(3, 3, 4, 8), null, ConvOptions.DEFAULT));
        fails(
                "conv2d: x [1,4,4,5] has 5 channels, weight [3,3,4,8] with 1 groups expects 4",
                () -> Functional.conv2d(
                        List.of(t(1, 4, 4, 3), t(1, 4, 4, 2)), t(3, 3, 4, 8), null, ConvOptions.DEFAULT));
        fails(
                "conv2d: inputs [1,4,4,3] and [1,5,4,2] must agree in every axis but the last, the channels",
                () -> Functional.conv2d(
                        List.of(t(1, 4, 4, 3), t(1, 5, 4, 2)), t(3, 3, 5, 8), null, ConvOptions.DEFAULT));
        fails(
                "conv2d: at least one input is needed",
                () -> Functional.conv2d(List.of(), t(3, 3, 5, 8), null, ConvOptions.DEFAULT));
        fails(
                "conv2d: bias must have shape [8], not [3]",
                () -> Functional.conv2d(t(1, 4, 4, 3), t(3, 3, 3, 8), t(3), ConvOptions.DEFAULT));
        fails(
                "conv2d: a 3x3 kernel with dilation 1x1 does not fit into a 2x4 image padded by (0,0,0,0)",
                () -> Functional.conv2d(t(1, 2, 4, 3), t(3, 3, 3, 8), null, ConvOptions.DEFAULT));
        fails(
                "conv2d: 4 input and 9 output channels do not divide into 2 groups",
                () -> Functional.conv2d(t(1, 4, 4, 4), t(3, 3, 2, 9), null, ConvOptions.DEFAULT.groups(2)));
        fails(
                "conv_transpose2d: output padding 1 must be 0 or more and less than the stride 1x2",
                () -> Functional.convTranspose2d(
                        t(1, 4, 4, 3),
                        t(3, 3, 3, 2),
                        null,
                        ConvOptions.DEFAULT.stride(1, 2).dilation(2),
                        1));
        fails(
                "max_pool2d: x must be [N,H,W,C], not [4,4,3]",
                () -> Functional.maxPool2d(t(4, 4, 3), PoolOptions.window(2)));
        fails(
                "pool2d: a 2x2 window does not fit into a 1x4 image padded by 0x0",
                () -> Functional.avgPool2d(t(1, 1, 4, 3), PoolOptions.window(2)));
        fails(
                "pool2d: padding 2x2 must lie between 0 and half of the window 3x3",
                () -> Functional.avgPool2d(t(1, 4, 4, 3), PoolOptions.window(3).padding(2)));
        fails(
                "interpolate: x must be a non-empty [N,H,W,C] and the new size at least 1x1, but they are [1,4,4,3]"
                        + " and 0x4",
                () -> Functional.interpolate(t(1, 4, 4, 3), 0, 4, ResizeSpec.Mode.NEAREST));
        fails(
                "normalize: 6 channels do not divide into 4 groups",
                () -> Functional.groupNorm(t(1, 2, 2, 6), 4, null, null, 1e-5));
        fails("normalize: x must be [N,..,C], not [6]", () -> Functional.batchNorm(t(6), null, null, 1e-5, null));
    }

    @Test
    void losses() {
        fails(
                "mse_loss: shapes [2,3] and [3] must be equal; broadcasting a loss is almost always a mistake",
                () -> Functional.mseLoss(t(2, 3), t(3)));
        fails(
                "cross_entropy: logits [2,3] must be [N,classes] with N = 3, the number of labels",
                () -> Functional.crossEntropy(t(2, 3), 0, 1, 2));
        fails(
                "dropout: p must be at least 0 and less than 1, not 1.0",
                () -> Functional.dropout(t(2), 1, new Philox(0)));
    }

    @Test
    void backward() {
        var x = t(2).requiresGrad(true);
        isTooEarly(
                "backward() starts from a scalar, but this tensor has shape [2]; reduce it first or give backward a"
                        + " gradient of that shape",
                () -> x.mul(2).backward());
        isTooEarly(
                "backward(): nothing that this tensor was computed from requires a gradient, or it was computed while"
                        + " recording was off",
                () -> t(2).sum().backward());
        isTooEarly(
                "requiresGrad can only be set on a tensor that no recorded operation made; call detach() first",
                () -> x.mul(2).requiresGrad(false));
        isTooEarly("item() needs a tensor with one element, but this one has shape [2]; use toArray()", x::item);
        fails(
                "backward: the gradient has shape [3], the tensor [2]",
                () -> x.mul(2).backward(t(3)));
        fails("The gradient of a tensor of shape [2] has the same shape, not [3]", () -> x.setGrad(t(3)));
    }

    @Test
    void devices() {
        fails(
                "add: inputs are on reference and cpu; move them to one device with to(device)",
                () -> t(2).add(Tensor.of(new float[2], 2)));
        fails(
                "backward: the gradient is on cpu, the tensor on reference",
                () -> t(2).requiresGrad(true).mul(2).backward(Tensor.of(new float[2], 2)));
        fails("Unknown device 'gpu': use cpu, cuda:0, cuda:1, ... or reference", () -> Device.parse("gpu"));
        fails("Unknown device 'cpu:1': use cpu, cuda:0, cuda:1, ... or reference", () -> Device.parse("cpu:1"));
        assertEquals(Device.cuda(2), Device.parse(" CUDA:2 "));
        assertEquals(Device.cpu(), Device.parse("cpu"));
    }
}
