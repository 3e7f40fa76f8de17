package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.AdamWork;
import dev.obverse.benchmarks.work.ConvWork;
import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.LeakyReluWork;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.Work;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.LeakyReLUBp;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J, the arrays of Deeplearning4j: matrix products by OpenBLAS, convolutions by oneDNN, the rest its own C++. All
 * results go into arrays that are there before.
 */
public final class Nd4jOpenBlas implements Side {
    private static final String NHWC = "NHWC";
    private static final double FIRST = 0.9;
    private static final double SECOND = 0.999;
    private static final double EPS = 1e-8;

    @Override
    public String name() {
        return "nd4j";
    }

    /** Not a convolution's gradients: its kernel has only both together. */
    @Override
    public List<String> settings(Work work) {
        return switch (work) {
            case ConvWork w when w.direction() == Work.Direction.FORWARD -> List.of(NHWC, "NCHW");
            case AdamWork _, GemmWork _, LeakyReluWork _ -> List.of("");
            default -> List.of();
        };
    }

    @Override
    public Map<String, String> environment(int threads) {
        var environment = LibtorchOpenBlas.coreType();
        environment.putAll(Libtorch.KEEP_MEMORY);
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
        return environment;
    }

    @Override
    public List<String> jvmOptions(int threads) {
        return Libtorch.JVM_OPTIONS;
    }

    @Override
    public void start(int threads) {
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
    }

    @Override
    public Task prepare(Work work, String setting) {
        return switch (work) {
            case AdamWork w -> new Adam(w.n());
            case ConvWork w -> conv(w, setting);
            case GemmWork w -> gemm(w.n());
            case LeakyReluWork w -> leakyRelu(w);
            default -> throw new IllegalArgumentException("ND4J is not asked for " + work.title());
        };
    }

    /** A computation, and its result in our layout. */
    private record ArrayTask(Runnable computation, Supplier<INDArray> array) implements Task {
        @Override
        public void run() {
            computation.run();
        }

        @Override
        public float[] result() {
            run();
            return values(array.get());
        }
    }

    /** Into columns, which is what {@code mmul} chooses by itself: for rows it multiplies aside and copies. */
    private static Task gemm(int n) {
        var a = array("gemm a", n, n);
        var b = array("gemm b", n, n);
        var c = Nd4j.create(DataType.FLOAT, new long[] {n, n}, 'f');
        return new ArrayTask(() -> a.mmuli(b, c), () -> c);
    }

    private static Task conv(ConvWork work, String format) {
        boolean last = format.equals(NHWC);
        int n = work.batch();
        int size = work.size();
        var nhwc = array("conv x", n, size, size, work.cin());
        var x = last ? nhwc : nhwc.permute(0, 3, 1, 2).dup('c');
        var w = array("conv w", 3, 3, work.cin(), work.cout());
        var bias = array("conv bias", work.cout());
        var y = last ? zeros(n, size, size, work.cout()) : zeros(n, work.cout(), size, size);
        var config = Conv2DConfig.builder()
                .kH(3)
                .kW(3)
                .pH(1)
                .pW(1)
                .dataFormat(format)
                .build();
        var op = new Conv2D(new INDArray[] {x, w, bias}, new INDArray[] {y}, config);
        return new ArrayTask(() -> Nd4j.exec(op), () -> last ? y : y.permute(0, 2, 3, 1));
    }

    private static Task leakyRelu(LeakyReluWork work) {
        int n = work.batch() * work.size() * work.size() * work.channels();
        var x = array("leaky x", n);
        var y = zeros(n);
        // Twice as fast as its class LeakyReLU, which is another kernel.
        var forward = DynamicCustomOp.builder("lrelu")
                .addInputs(x)
                .addOutputs(y)
                .addFloatingPointArguments(0.2)
                .build();
        if (!work.backward()) {
            return new ArrayTask(() -> Nd4j.exec(forward), () -> y);
        }
        var dx = zeros(n);
        var backward = new LeakyReLUBp(x, array("leaky dy", n), dx, 0.2);
        return new ArrayTask(
                () -> {
                    Nd4j.exec(forward);
                    Nd4j.exec(backward);
                },
                () -> dx);
    }

    private static final class Adam implements Task {
        private final float[] initial;
        private final INDArray w;
        private final INDArray gradient;
        private final INDArray update;
        private final INDArray first;
        private final INDArray second;
        private int step;

        Adam(int n) {
            initial = Inputs.normal("adam w", n);
            w = Nd4j.createFromArray(initial);
            gradient = array("adam gradient", n);
            update = zeros(n);
            first = zeros(n);
            second = zeros(n);
        }

        /** Its eps stands beside the second moment before the bias is corrected; PyTorch's, and ours, after. */
        @Override
        public void run() {
            double eps = EPS * Math.sqrt(1 - Math.pow(SECOND, step + 1));
            Nd4j.exec(new AdamUpdater(
                    gradient, second, first, update, second, first, AdamWork.RATE, FIRST, SECOND, eps, step));
            w.subi(update);
            step++;
        }

        @Override
        public float[] result() {
            w.assign(Nd4j.createFromArray(initial));
            first.assign(0);
            second.assign(0);
            step = 0;
            run();
            run();
            return AdamWork.moved(initial, values(w));
        }
    }

    private static INDArray array(String name, int... extents) {
        int length = 1;
        for (int extent : extents) {
            length *= extent;
        }
        return Nd4j.createFromArray(Inputs.normal(name, length)).reshape('c', extents);
    }

    private static INDArray zeros(long... extents) {
        return Nd4j.create(DataType.FLOAT, extents, 'c');
    }

    private static float[] values(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
