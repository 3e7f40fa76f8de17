package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.work.ConvWork;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.UpWork;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Convolutions and transposed convolutions in their three directions. */
final class LibtorchConv {
    private static final long[] ONE = {1, 1};
    private static final long[] TWO = {2, 2};
    private static final long[] ZERO = {0, 0};

    private LibtorchConv() {}

    static Task conv(ConvWork work, Layout layout) {
        int n = work.batch();
        int size = work.size();
        var x = layout.image(Inputs.normal("conv x", n * size * size * work.cin()), n, size, work.cin());
        var w = layout.weight(Inputs.normal("conv w", 9 * work.cin() * work.cout()), 3, work.cin(), work.cout());
        var bias = new TensorOptional(Layout.plain(Inputs.normal("conv bias", work.cout()), work.cout()));
        var dy = layout.image(Inputs.normal("conv dy", n * size * size * work.cout()), n, size, work.cout());
        return switch (work.direction()) {
            case FORWARD -> new LibtorchTask(() -> torch.conv2d(x, w, bias, ONE, ONE, ONE, 1), Layout::imageValues);
            case INPUT_GRADIENT -> new LibtorchTask(() -> gradient(dy, x, w, ONE, ONE, false, 0), Layout::imageValues);
            case WEIGHT_GRADIENT ->
                new LibtorchTask(() -> gradient(dy, x, w, ONE, ONE, false, 1), Layout::weightValues);
        };
    }

    static Task up(UpWork work, Layout layout) {
        int n = work.batch();
        int size = work.size();
        var x = layout.image(Inputs.normal("up x", n * size * size * work.cin()), n, size, work.cin());
        var w = layout.upWeight(Inputs.normal("up w", 4 * work.cin() * work.cout()), 2, work.cin(), work.cout());
        var bias = new TensorOptional(Layout.plain(Inputs.normal("up bias", work.cout()), work.cout()));
        var dy = layout.image(Inputs.normal("up dy", n * 4 * size * size * work.cout()), n, 2 * size, work.cout());
        return switch (work.direction()) {
            case FORWARD ->
                new LibtorchTask(
                        () -> torch.conv_transpose2d(x, w, bias, TWO, ZERO, ZERO, 1, ONE), Layout::imageValues);
            case INPUT_GRADIENT -> new LibtorchTask(() -> gradient(dy, x, w, TWO, ZERO, true, 0), Layout::imageValues);
            case WEIGHT_GRADIENT ->
                new LibtorchTask(() -> gradient(dy, x, w, TWO, ZERO, true, 1), Layout::weightValues);
        };
    }

    /** @param which 0 for the image's gradient, 1 for the weight's */
    private static Tensor gradient(
            Tensor dy, Tensor x, Tensor w, long[] stride, long[] padding, boolean transposed, int which) {
        var mask = new BoolPointer(3);
        for (int i = 0; i < 3; i++) {
            mask.put(i, i == which);
        }
        var all = torch.convolution_backward(
                dy, x, w, new LongArrayRefOptional(), stride, padding, ONE, transposed, ZERO, 1, mask);
        return which == 0 ? all.get0() : all.get1();
    }
}
