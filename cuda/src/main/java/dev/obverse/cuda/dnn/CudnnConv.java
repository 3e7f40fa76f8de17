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
import org.jspecify.annotations.Nullable;

/**
 * Convolutions by cuDNN. Only algorithms that give the same bits every time are used; which one is decided once for
 * each direction and shape. Our weights are {@code [KH,KW,Cin,Cout]}, so they are transposed on the way in and out.
 */
public final class CudnnConv implements CudaConv.FastConv {
    private static final System.Logger LOG = System.getLogger(CudnnConv.class.getName());

    private record Key(Direction direction, ConvSpec spec, ConvLayout layout) {}

    private record Plan(ConvDescriptors descriptors, Algorithm algorithm) {}

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
        return run(Direction.FORWARD, s, context.address(x), w, context.address(y));
    }

    @Override
    public boolean inputGradient(ConvSpec s, Storage dy, Storage w, Storage dx) {
        return run(Direction.INPUT_GRADIENT, s, context.address(dx), w, context.address(dy));
    }

    @Override
    public boolean weightGradient(ConvSpec s, Storage x, Storage dy, Storage dw) {
        return run(Direction.WEIGHT_GRADIENT, s, context.address(x), dw, context.address(dy));
    }

    /** In the first order of axes for which cuDNN has an algorithm. */
    private boolean run(Direction direction, ConvSpec s, long x, Storage w, long y) {
        for (var layout : ConvLayout.allowed(search.precision())) {
            var plan = plans.get(new Key(direction, s, layout));
            if ((plan == null || plan.isPresent()) && run(direction, s, layout, x, w, y)) {
                return true;
            }
        }
        return false;
    }

    /** Brings the arrays into cuDNN's form, runs it, and brings back what it made; false if it has no algorithm. */
    private boolean run(Direction direction, ConvSpec s, ConvLayout layout, long x, Storage w, long y) {
        var g = ConvGeometry.of(s);
        var done = new boolean[1];
        withImage(
                direction,
                s,
                g,
                layout,
                x,
                image -> withWeight(direction, s, layout, w, weight -> {
                    boolean output = direction == Direction.FORWARD;
                    var order = layout.image(s.n(), s.outH(), s.outW(), s.cout());
                    through(order, layout, s.outPixels() * s.cout(), output, y, result -> {
                        var addresses = new Pointer[] {new Address(image), new Address(weight), new Address(result)};
                        done[0] = convolve(new Key(direction, s, layout), g, addresses[0], addresses[1], addresses[2]);
                    });
                }));
        return done[0];
    }

    private void withImage(
            Direction direction, ConvSpec s, ConvGeometry g, ConvLayout layout, long x, LongConsumer work) {
        boolean output = direction == Direction.INPUT_GRADIENT;
        var order = layout.image(s.n(), g.h(), g.w(), s.cin());
        if (!g.pads(s)) {
            through(order, layout, s.n() * s.h() * s.w() * s.cin(), output, x, work);
            return;
        }
        int length = s.n() * g.h() * g.w() * s.cin();
        long bytes = 4L * length;
        context.withScratch(bytes, padded -> {
            if (!output) {
                context.card().clear(padded, bytes);
                mover.copy(padding(s, g), x, padded);
            }
            through(order, layout, length, output, padded, work);
            if (output) {
                mover.copy(cropping(s, g), padded, x);
            }
        });
    }

    /** What the form of a weight depends on. */
    private record WeightForm(ConvLayout layout, int taps, int cin, int cout) {}

    /** The weights in cuDNN's order and type are made once for all convolutions until somebody changes them. */
    private void withWeight(Direction direction, ConvSpec s, ConvLayout layout, Storage w, LongConsumer work) {
        if (direction == Direction.WEIGHT_GRADIENT) {
            withWeightGradient(s, layout, context.address(w), work);
            return;
        }
        var form = new WeightForm(layout, s.kh() * s.kw(), s.cin() / s.groups(), s.cout());
        int n = s.weightSize();
        context.withCopy(
                w,
                form,
                layout == ConvLayout.NHWC_BF16 ? 2L * n : 4L * n,
                (from, to) -> {
                    var order = layout.weight(s);
                    if (order != null) {
                        mover.copy(order, from, to);
                    } else if (layout == ConvLayout.NHWC_BF16) {
                        context.withScratch(4L * n, transposed -> {
                            mover.transpose(n / s.cout(), s.cout(), from, transposed);
                            mover.toBf16(n, transposed, to);
                        });
                    } else {
                        mover.transpose(n / s.cout(), s.cout(), from, to);
                    }
                },
                work);
    }

    private void withWeightGradient(ConvSpec s, ConvLayout layout, long w, LongConsumer work) {
        var order = layout.weight(s);
        if (order != null) {
            through(order, layout, s.weightSize(), true, w, work);
            return;
        }
        context.withScratch(4L * s.weightSize(), weight -> {
            through(null, layout, s.weightSize(), true, weight, work);
            mover.transpose(s.cout(), s.weightSize() / s.cout(), weight, w);
        });
    }

    /**
     * Calls {@code work} with a copy in another order or type, made before, or, of an output, brought back afterwards.
     */
    private void through(
            @Nullable CopySpec order, ConvLayout layout, int n, boolean output, long array, LongConsumer work) {
        if (layout == ConvLayout.NHWC_BF16) {
            context.withScratch(2L * n, half -> {
                if (!output) {
                    mover.toBf16(n, array, half);
                }
                work.accept(half);
                if (output) {
                    mover.fromBf16(n, half, array);
                }
            });
            return;
        }
        if (order == null) {
            work.accept(array);
            return;
        }
        context.withScratch(4L * order.length(), copy -> {
            if (!output) {
                mover.copy(order, array, copy);
            }
            work.accept(copy);
            if (output) {
                mover.copy(ConvLayout.reversed(order), copy, array);
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
        return ConvLayout.reversed(padding(s, g));
    }

    private static int[] strides(int h, int w, int c) {
        return new int[] {h * w * c, w * c, c, 1};
    }

    private boolean convolve(Key key, ConvGeometry g, Pointer x, Pointer w, Pointer y) {
        var plan = plans.get(key);
        if (plan == null) {
            plan = plan(key, g, x, w, y);
            plans.put(key, plan);
        }
        plan.ifPresent(p -> context.withScratch(
                p.algorithm.workspace(), workspace -> convolve(key.direction, p, x, w, y, new Address(workspace))));
        return plan.isPresent();
    }

    private Optional<Plan> plan(Key key, ConvGeometry g, Pointer x, Pointer w, Pointer y) {
        var descriptors = ConvDescriptors.of(key.spec, g, key.layout, search.precision());
        var algorithm = search.choose(key.direction, key.layout, key.spec, descriptors, x, w, y);
        if (algorithm.isEmpty()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "cuDNN has no algorithm in {0} for {1} of {2}: {3}",
                    key.layout,
                    key.direction,
                    key.spec,
                    switch (key.layout) {
                        case NHWC_BF16 -> "trying float32";
                        case NHWC -> "trying NCHW, with copies";
                        case NCHW -> "plain kernels run";
                    });
        }
        return algorithm.map(a -> new Plan(descriptors, a));
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
