package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Strides;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A tensor of a graph. Its shape is the graph's, with channels second; how it is stored is its own affair, and
 * operators ask for the order they need. Elements are moved only when somebody needs another order.
 *
 * @param type element type that the graph sees
 * @param shape extents that the graph sees, {@code [N,C,..]} for images
 * @param stored the elements: in the order of {@code shape}, or as {@code [N,..,C]}
 * @param channelsLast whether the elements are stored as {@code [N,..,C]}; for three axes or more
 */
public record Value(ElementType type, Shape shape, Tensor stored, boolean channelsLast) {
    /** Elements in the order that the graph sees. */
    public static Value plain(ElementType type, Tensor tensor) {
        return new Value(type, tensor.shape(), tensor, false);
    }

    /** An image or signal {@code [N,..,C]}, which the graph sees as {@code [N,C,..]}. */
    public static Value channelsLast(ElementType type, Tensor tensor) {
        return new Value(type, permuted(tensor.shape(), toFirst(tensor.rank())), tensor, true);
    }

    /** Whole numbers, on the host. */
    public static Value integers(ElementType type, double[] values, int... extents) {
        return plain(type, Tensor.of(Device.reference(), values, Shape.of(extents)));
    }

    /** Elements on the device where their type lives: floats on {@code device}, integers on the host. */
    public static Value of(ElementType type, Device device, double[] values, Shape shape) {
        return plain(type, Tensor.of(type.isFloat() ? device : Device.reference(), values, shape));
    }

    public int rank() {
        return shape.rank();
    }

    public int dim(int axis) {
        return shape.dim(axis);
    }

    /** The elements in the order of {@link #shape}. */
    public Tensor plain() {
        return channelsLast ? permute(stored, toFirst(rank())) : stored;
    }

    /** The elements as {@code [N,..,C]}; needs three axes. */
    public Tensor channelsLast(String what) {
        if (rank() < 3) {
            throw new IllegalArgumentException(what + " needs an input [N,C,..] of at least 3 axes, not " + shape);
        }
        return channelsLast ? stored : permute(stored, toLast(rank()));
    }

    /** The axis of the stored tensor that is axis {@code axis} of {@link #shape}. */
    public int storedAxis(int axis) {
        int at = shape.axis(axis);
        return !channelsLast || at == 0 ? at : at == 1 ? rank() - 1 : at - 1;
    }

    /** Numbers given per axis of {@link #shape}, in the order of the stored axes. */
    public int[] storedOrder(int[] perAxis) {
        var result = new int[perAxis.length];
        for (int i = 0; i < perAxis.length; i++) {
            result[storedAxis(i)] = perAxis[i];
        }
        return result;
    }

    /** A function of the stored tensor that keeps the order of its axes. */
    public Value map(UnaryOperator<Tensor> f) {
        return with(f.apply(stored));
    }

    /** Another tensor whose axes mean the same. */
    public Value with(Tensor tensor) {
        return channelsLast ? channelsLast(type, tensor) : plain(type, tensor);
    }

    public Value as(ElementType other) {
        return new Value(other, shape, stored, channelsLast);
    }

    /** A function of two values that broadcasts, in the order in which one of them is stored already. */
    public static Value broadcast(Value a, Value b, BinaryOperator<Tensor> f) {
        int rank = Math.max(a.rank(), b.rank());
        boolean last = (a.channelsLast && a.rank() == rank) || (b.channelsLast && b.rank() == rank);
        Limits.check(Strides.broadcast("broadcasting", a.shape, b.shape).size());
        return last
                ? channelsLast(a.type, f.apply(a.channelsLastOf(rank), b.channelsLastOf(rank)))
                : plain(a.type, f.apply(a.plain(), b.plain()));
    }

    /** As {@code [N,..,C]} of so many axes, new ones of extent 1 in front. A single number stays as it is. */
    private Tensor channelsLastOf(int rank) {
        if (rank() == rank) {
            return channelsLast ? stored : permute(stored, toLast(rank));
        }
        if (shape.size() == 1) {
            return stored.reshape();
        }
        var extents = new int[rank];
        Arrays.fill(extents, 1);
        System.arraycopy(shape.toArray(), 0, extents, rank - rank(), rank());
        return permute(plain().reshape(extents), toLast(rank));
    }

    /** Whole numbers, for shapes and indices. */
    public long[] longs() {
        return Arrays.stream(plain().toDoubleArray()).mapToLong(v -> (long) v).toArray();
    }

    public int[] ints() {
        return Arrays.stream(longs()).mapToInt(Value::toInt).toArray();
    }

    public double[] doubles() {
        return plain().toDoubleArray();
    }

    /** The value of a single element. */
    public double item() {
        if (shape.size() != 1) {
            throw new IllegalArgumentException("a single number was expected, but the shape is " + shape);
        }
        return stored.toDoubleArray()[0];
    }

    /** Cut off at the ends of the range of int, so that "to the very end" stays that. */
    public static int toInt(long value) {
        return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** Permutes, or reshapes if only axes of extent 1 move. */
    public static Tensor permute(Tensor tensor, int... axes) {
        int before = -1;
        for (int axis : axes) {
            if (tensor.dim(axis) != 1) {
                if (axis < before) {
                    return tensor.permute(axes);
                }
                before = axis;
            }
        }
        return tensor.reshape(permuted(tensor.shape(), axes).toArray());
    }

    private static Shape permuted(Shape shape, int[] axes) {
        return Shape.of(Arrays.stream(axes).map(shape::dim).toArray());
    }

    /** {@code [N,C,..] -> [N,..,C]}. */
    static int[] toLast(int rank) {
        return IntStream.range(0, rank)
                .map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1)
                .toArray();
    }

    /** {@code [N,..,C] -> [N,C,..]}. */
    static int[] toFirst(int rank) {
        return IntStream.range(0, rank)
                .map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1)
                .toArray();
    }
}
