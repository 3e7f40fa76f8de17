package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.work.AdamWork;
import dev.obverse.benchmarks.work.BatchNormWork;
import dev.obverse.benchmarks.work.ConcatWork;
import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.LeakyReluWork;
import dev.obverse.benchmarks.work.LinearWork;
import dev.obverse.benchmarks.work.MaxPoolWork;
import dev.obverse.benchmarks.work.Task;
import java.util.Arrays;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Matrix products and what waits for memory. Backward calls the kernels that autograd would call. */
final class LibtorchKernels {
    private static final long[] ONE = {1, 1};
    private static final long[] TWO = {2, 2};
    private static final long[] ZERO = {0, 0};

    private LibtorchKernels() {}

    static Task gemm(GemmWork work) {
        int n = work.n();
        var a = Layout.plain(Inputs.normal("gemm a", n * n), n, n);
        var b = Layout.plain(Inputs.normal("gemm b", n * n), n, n);
        var c = Layout.plain(new float[n * n], n, n);
        return new LibtorchTask(() -> torch.mm_out(c, a, b), Layout::values);
    }

    static Task leakyRelu(LeakyReluWork work, Layout layout) {
        int n = work.batch() * work.size() * work.size() * work.channels();
        var slope = new Scalar(0.2);
        var x = layout.image(Inputs.normal("leaky x", n), work.batch(), work.size(), work.channels());
        if (!work.backward()) {
            return new LibtorchTask(() -> torch.leaky_relu(x, slope), Layout::imageValues);
        }
        var dy = layout.image(Inputs.normal("leaky dy", n), work.batch(), work.size(), work.channels());
        return new LibtorchTask(
                () -> {
                    var y = torch.leaky_relu(x, slope);
                    return torch.leaky_relu_backward(dy, y, slope, true);
                },
                Layout::imageValues);
    }

    static Task maxPool(MaxPoolWork work, Layout layout) {
        int n = work.batch() * work.size() * work.size() * work.channels();
        var x = layout.image(Inputs.normal("pool x", n), work.batch(), work.size(), work.channels());
        if (!work.backward()) {
            return new LibtorchTask(() -> torch.max_pool2d(x, TWO, TWO, ZERO, ONE, false), Layout::imageValues);
        }
        var dy = layout.image(Inputs.normal("pool dy", n / 4), work.batch(), work.size() / 2, work.channels());
        return new LibtorchTask(
                () -> {
                    var forward = torch.max_pool2d_with_indices(x, TWO, TWO, ZERO, ONE, false);
                    return torch.max_pool2d_with_indices_backward(dy, x, TWO, TWO, ZERO, ONE, false, forward.get1());
                },
                Layout::imageValues);
    }

    static Task batchNorm(BatchNormWork work, Layout layout) {
        int channels = work.channels();
        int n = work.batch() * work.size() * work.size() * channels;
        var x = layout.image(Inputs.normal("norm x", n), work.batch(), work.size(), channels);
        var dy = layout.image(Inputs.normal("norm dy", n), work.batch(), work.size(), channels);
        var ones = new float[channels];
        Arrays.fill(ones, 1);
        var scale = new TensorOptional(Layout.plain(ones, channels));
        var shift = new TensorOptional(Layout.plain(new float[channels], channels));
        var mean = new TensorOptional(Layout.plain(new float[channels], channels));
        var variance = new TensorOptional(Layout.plain(ones, channels));
        var all = new BoolPointer(3).put(0, true).put(1, true).put(2, true);
        var slope = new Scalar(BatchNormWork.SLOPE);
        return new LibtorchTask(
                () -> {
                    var forward = torch.native_batch_norm(x, scale, shift, mean, variance, true, 0.1, 1e-5);
                    var dz = dy;
                    if (work.leaky()) {
                        torch.leaky_relu(forward.get0(), slope);
                        dz = torch.leaky_relu_backward(dy, forward.get0(), slope, false);
                    }
                    var backward = torch.native_batch_norm_backward(
                            dz,
                            x,
                            scale,
                            mean,
                            variance,
                            new TensorOptional(forward.get1()),
                            new TensorOptional(forward.get2()),
                            true,
                            1e-5,
                            all);
                    return backward.get0();
                },
                Layout::imageValues);
    }

    static Task concat(ConcatWork work, Layout layout) {
        int n = work.batch() * work.size() * work.size() * work.channels();
        var maps = new TensorVector(
                layout.image(Inputs.normal("concat a", n), work.batch(), work.size(), work.channels()),
                layout.image(Inputs.normal("concat b", n), work.batch(), work.size(), work.channels()),
                layout.image(Inputs.normal("concat c", n), work.batch(), work.size(), work.channels()));
        return new LibtorchTask(() -> torch.cat(maps, 1), Layout::imageValues);
    }

    static Task linear(LinearWork work) {
        var x = Layout.plain(Inputs.normal("linear x", work.batch() * work.in()), work.batch(), work.in());
        var w = Layout.plain(Inputs.normal("linear w", work.out() * work.in()), work.out(), work.in());
        if (!work.backward()) {
            return new LibtorchTask(() -> torch.linear(x, w), Layout::values);
        }
        var dy = Layout.plain(Inputs.normal("linear dy", work.batch() * work.out()), work.batch(), work.out());
        return new LibtorchTask(
                () -> {
                    torch.linear(x, w);
                    torch.mm(dy, w);
                    return torch.mm(dy.t(), x);
                },
                Layout::values);
    }

    static Task adam(AdamWork work) {
        int n = work.n();
        var initial = Inputs.normal("adam w", n);
        return new Task() {
            private final Tensor w = Layout.plain(initial, n).requires_grad_(true);
            private Adam adam = fresh();

            private Adam fresh() {
                w.mutable_grad().put(Layout.plain(Inputs.normal("adam gradient", n), n));
                return new Adam(new TensorVector(w), new AdamOptions(AdamWork.RATE));
            }

            @Override
            public void run() {
                try (var _ = new PointerScope()) {
                    adam.step();
                }
            }

            @Override
            public float[] result() {
                try (var _ = new NoGradGuard()) {
                    w.copy_(Layout.plain(initial, n));
                }
                adam = fresh();
                run();
                run();
                return AdamWork.moved(initial, Layout.values(w.detach()));
            }
        };
    }
}
