package dev.obverse.contract;

import dev.obverse.backend.Backend;
import dev.obverse.backend.ConvKernels;
import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.PoolKernels;
import dev.obverse.backend.ReduceKernels;
import dev.obverse.backend.Unary;
import dev.obverse.tensor.Device;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How exactly a device takes the inputs of convolutions and matrix products: the row of the contract's tolerances that
 * holds for it. Everything else is float32 in each.
 */
public enum Arithmetic {
    FLOAT32(0),
    /** 11 significant bits; a card may cut the others off: two inputs, each off by up to {@code 2^-10}. */
    TF32(0x1p-9),
    /** 8 significant bits, rounded: two inputs and perhaps the result, each off by up to {@code 2^-8}. */
    BF16(0x1p-6);

    /** Functions whose gradient jumps. */
    private static final Set<Unary.Kind> KINKS =
            Set.of(Unary.Kind.ABS, Unary.Kind.CLAMP, Unary.Kind.LEAKY_RELU, Unary.Kind.SIGN);

    private final double products;

    Arithmetic(double products) {
        this.products = products;
    }

    /**
     * What is judged, and how.
     *
     * @param error allowed to each element relative to its scale, beyond float32's: that of a product for each layer
     * @param gradients whether gradients are judged: where a rounded sum decides which way a gradient goes, a maximum
     *     or the sign before a LeakyReLU, it may go the other way
     */
    record Row(double error, boolean gradients) {}

    /** The row for a case, by the kernels that it calls. */
    Row row(Case c) {
        if (this == FLOAT32) {
            return new Row(0, true);
        }
        var seen = seen(backend -> Run.of(c, backend));
        double layers = Math.ceil(seen.products / 3.0); // a layer multiplies once forward and twice backward
        return seen.products > 0 ? new Row(layers * products, !seen.kinks) : new Row(0, true);
    }

    /** What is allowed to the elements of direct calls relative to the largest, beyond float32's. */
    double error(KernelCase c) {
        return this != FLOAT32
                        && seen(backend -> {
                                            var _ = c.run().apply(backend);
                                        })
                                        .products
                                > 0
                ? 2 * products
                : 0;
    }

    private static final class Seen {
        int products;
        boolean kinks;
    }

    private static Seen seen(Consumer<Backend> calls) {
        var seen = new Seen();
        calls.accept(Intercepted.backend(Device.reference().backend(), (family, kernel, arguments) -> {
            seen.products += multiplies(family, kernel) ? 1 : 0;
            seen.kinks |= decides(family, kernel, arguments);
            return Intercepted.invoke(family, kernel, arguments);
        }));
        return seen;
    }

    static boolean multiplies(Object family, Method kernel) {
        return family instanceof MatmulKernels
                || (family instanceof ConvKernels && !kernel.getName().equals("epilogueGradient"));
    }

    private static boolean decides(Object family, Method kernel, Object[] arguments) {
        return switch (family) {
            case ConvKernels _ -> kernel.getName().equals("forward") && (double) arguments[1] != 1;
            case PoolKernels _ -> kernel.getName().equals("max");
            case ReduceKernels _ -> kernel.getName().equals("max");
            default -> arguments.length > 0 && arguments[0] instanceof Unary f && KINKS.contains(f.kind());
        };
    }

    /** The row that a backend's description asks for. */
    public static Arithmetic of(Backend backend) {
        var description = backend.description();
        return description.contains(", tf32") ? TF32 : description.contains(", bf16") ? BF16 : FLOAT32;
    }
}
