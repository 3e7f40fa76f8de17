package dev.obverse.cuda.dnn;

import static dev.obverse.cuda.dnn.Cudnn.check;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.device.JCudaCard.Address;
import dev.obverse.cuda.kernel.CudaConv;
import dev.obverse.cuda.kernel.Mover;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;

/**
 * Convolutions by cuDNN. Only algorithms that give the same bits every time are used; which one is decided once for
 * each direction and shape. Our weights are {@code [KH,KW,Cin,Cout]}, so they are transposed on the way in and out.
 */
public final class CudnnConv implements CudaConv.FastConv {
    private static final System.Logger LOG = System.getLogger(CudnnConv.class.getName());

    private record Key(Direction direction, ConvSpec spec) {}

    private record Plan(ConvGeometry geometry, ConvDescriptors descriptors, Algorithm algorithm) {}

    private final CudaContext context;
    private final Mover mover;
    private final Cudnn cudnn;
    private final AlgorithmSearch search;
    private final Map<Key, Optional<Plan>> plans = new HashMap<>();
    private final Pointer one;
    private final Pointer zero;

    public CudnnConv(CudaContext context, Mover mover, Cudnn cudnn, AlgorithmSearch search) {
        this.context = context;
        this.mover = mover;
        this.cudnn = cudnn;
        this.search = search;
        one = new Address(
                Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 1f).address());
        zero = new Address(
                Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 0f).address());
    }

    @Override
    public boolean forward(ConvSpec s, Storage x, Storage w, Storage y) {
        return run(Direction.FORWARD, s, context.address(x), context.address(w), context.address(y));
    }

    @Override
    public boolean inputGradient(ConvSpec s, Storage dy, Storage w, Storage dx) {
        return run(Direction.INPUT_GRADIENT, s, context.address(dx), context.address(w), context.address(dy));
    }

    @Override
    public boolean weightGradient(ConvSpec s, Storage x, Storage dy, Storage dw) {
        return run(Direction.WEIGHT_GRADIENT, s, context.address(x), context.address(dw), context.address(dy));
    }

    /** Brings image and weight into cuDNN's form, runs it, and brings back what it made. */
    private boolean run(Direction direction, ConvSpec s, long x, long w, long y) {
        var geometry = ConvGeometry.of(s);
        var done = new boolean[1];
        withImage(
                direction,
                s,
                geometry,
                x,
                image -> context.withScratch(4L * s.weightSize(), weight -> {
                    int rows = s.weightSize() / s.cout();
                    if (direction != Direction.WEIGHT_GRADIENT) {
                        mover.transpose(rows, s.cout(), w, weight);
                    }
                    done[0] = convolve(direction, s, geometry, new Address(image), new Address(weight), new Address(y));
                    if (done[0] && direction == Direction.WEIGHT_GRADIENT) {
                        mover.transpose(s.cout(), rows, weight, w);
                    }
                }));
        return done[0];
    }

    private void withImage(Direction direction, ConvSpec s, ConvGeometry g, long x, LongConsumer work) {
        if (!g.pads(s)) {
            work.accept(x);
            return;
        }
        context.withScratch(4L * s.n() * g.h() * g.w() * s.cin(), padded -> {
            if (direction != Direction.INPUT_GRADIENT) {
                context.card().clear(padded, 4L * s.n() * g.h() * g.w() * s.cin());
                mover.copy(padding(s, g), x, padded);
            }
            work.accept(padded);
            if (direction == Direction.INPUT_GRADIENT) {
                mover.copy(cropping(s, g), padded, x);
            }
        });
    }

    /** The copy of an image into the middle of a larger one. */
    static CopySpec padding(ConvSpec s, ConvGeometry g) {
        return new CopySpec(
                new int[] {s.n(), s.h(), s.w(), s.cin()},
                0,
                strides(s.h(), s.w(), s.cin()),
                (g.top() * g.w() + g.left()) * s.cin(),
                strides(g.h(), g.w(), s.cin()));
    }

    /** The copy of the middle of a larger image into one of its own. */
    static CopySpec cropping(ConvSpec s, ConvGeometry g) {
        return new CopySpec(
                new int[] {s.n(), s.h(), s.w(), s.cin()},
                (g.top() * g.w() + g.left()) * s.cin(),
                strides(g.h(), g.w(), s.cin()),
                0,
                strides(s.h(), s.w(), s.cin()));
    }

    private static int[] strides(int h, int w, int c) {
        return new int[] {h * w * c, w * c, c, 1};
    }

    private boolean convolve(Direction direction, ConvSpec s, ConvGeometry g, Pointer x, Pointer w, Pointer y) {
        var plan = plans.get(new Key(direction, s));
        if (plan == null) {
            plan = plan(direction, s, g, x, w, y);
            plans.put(new Key(direction, s), plan);
        }
        plan.ifPresent(p -> context.withScratch(
                p.algorithm.workspace(), workspace -> convolve(direction, p, x, w, y, new Address(workspace))));
        return plan.isPresent();
    }

    private Optional<Plan> plan(Direction direction, ConvSpec s, ConvGeometry g, Pointer x, Pointer w, Pointer y) {
        var descriptors = ConvDescriptors.of(s, g, search.math());
        var algorithm = search.choose(direction, s, descriptors, x, w, y);
        if (algorithm.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "cuDNN has no algorithm for {0} of {1}: plain kernels run", direction, s);
        }
        return algorithm.map(a -> {
            descriptors.setMath(a.math());
            return new Plan(g, descriptors, a);
        });
    }

    private void convolve(Direction direction, Plan p, Pointer x, Pointer w, Pointer y, Pointer workspace) {
        var d = p.descriptors;
        var a = p.algorithm;
        switch (direction) {
            case FORWARD ->
                check(
                        "cudnnConvolutionForward",
                        JCudnn.cudnnConvolutionForward(
                                cudnn.handle(),
                                one,
                                d.x(),
                                x,
                                d.w(),
                                w,
                                d.convolution(),
                                a.number(),
                                workspace,
                                a.workspace(),
                                zero,
                                d.y(),
                                y));
            case INPUT_GRADIENT ->
                check(
                        "cudnnConvolutionBackwardData",
                        JCudnn.cudnnConvolutionBackwardData(
                                cudnn.handle(),
                                one,
                                d.w(),
                                w,
                                d.y(),
                                y,
                                d.convolution(),
                                a.number(),
                                workspace,
                                a.workspace(),
                                zero,
                                d.x(),
                                x));
            case WEIGHT_GRADIENT ->
                check(
                        "cudnnConvolutionBackwardFilter",
                        JCudnn.cudnnConvolutionBackwardFilter(
                                cudnn.handle(),
                                one,
                                d.x(),
                                x,
                                d.y(),
                                y,
                                d.convolution(),
                                a.number(),
                                workspace,
                                a.workspace(),
                                zero,
                                d.w(),
                                w));
        }
    }
}
