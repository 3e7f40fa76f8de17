package dev.obverse.nn.onnx.op;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Strides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Expand, Tile, Identity: the same elements in another shape. */
final class Shaping {
    private Shaping() {}

    static Step identity(Node node) {
        return Step.of(in -> in.get(0));
    }

    /** In inference a dropout drops nothing, and its mask is true everywhere. */
    static Step dropout(Node node) {
        boolean mask = node.outputCount() > 1;
        return in -> {
            var x = in.get(0);
            if (in.has(2) && in.get(2).item() != 0) {
                throw new IllegalArgumentException("it is in training mode; export the model for inference");
            }
            if (!mask) {
                return new Value[] {x};
            }
            var kept = new double[x.shape().size()];
            Arrays.fill(kept, 1);
            return new Value[] {
                x, Value.integers(ElementType.BOOL, kept, x.shape().toArray())
            };
        };
    }

    /** 0 keeps an extent, unless {@code allowzero} is set; -1 is what remains. */
    static Step reshape(Node node) {
        var wanted = node.longs("shape", 1);
        if (wanted == null) {
            throw new IllegalArgumentException("the shape to give is missing");
        }
        boolean zeroIsZero = node.flag("allowzero", false);
        return Step.of(in -> {
            var x = in.get(0);
            var extents = wanted.apply(in).clone();
            for (int i = 0; i < extents.length; i++) {
                if (extents[i] == 0 && !zeroIsZero) {
                    extents[i] = x.dim(i);
                }
            }
            return Value.plain(x.type(), x.plain().reshape(filled(x.shape(), extents)));
        });
    }

    private static int[] filled(Shape shape, long[] extents) {
        long known = 1;
        int open = -1;
        for (int i = 0; i < extents.length; i++) {
            if (extents[i] == -1 && open < 0) {
                open = i;
            } else if (extents[i] < 0 || extents[i] > Integer.MAX_VALUE || known * extents[i] > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("shape " + shape + " cannot become " + Arrays.toString(extents));
            } else {
                known *= extents[i];
            }
        }
        if (open >= 0 ? known == 0 || shape.size() % known != 0 : shape.size() != known) {
            throw new IllegalArgumentException("shape " + shape + " cannot become " + Arrays.toString(extents));
        }
        if (open >= 0) {
            extents[open] = shape.size() / known;
        }
        return Arrays.stream(extents).mapToInt(Value::toInt).toArray();
    }

    /** To two axes: what lies before {@code axis}, and the rest. */
    static Step flatten(Node node) {
        int axis = node.axis("axis", 1);
        return Step.of(in -> {
            var x = in.get(0);
            int at = axis == x.rank() ? axis : x.shape().axis(axis);
            return Value.plain(
                    x.type(),
                    x.plain().reshape(x.shape().product(0, at), x.shape().product(at, x.rank())));
        });
    }

    static Step squeeze(Node node) {
        var given = node.longs("axes", 1);
        return Step.of(in -> {
            var x = in.get(0);
            var axes = given == null
                    ? IntStream.range(0, x.rank()).filter(i -> x.dim(i) == 1).toArray()
                    : Arrays.stream(given.apply(in))
                            .mapToInt(a -> x.shape().axis(Value.toInt(a)))
                            .sorted()
                            .toArray();
            var kept = IntStream.range(0, x.rank())
                    .filter(i -> Arrays.binarySearch(axes, i) < 0)
                    .map(x::dim)
                    .toArray();
            return Value.plain(x.type(), x.plain().reshape(kept));
        });
    }

    static Step unsqueeze(Node node) {
        var given = node.longs("axes", 1);
        if (given == null) {
            throw new IllegalArgumentException("its axes are missing");
        }
        return Step.of(in -> {
            var x = in.get(0);
            var named = given.apply(in);
            int rank = x.rank() + named.length;
            var extents = new ArrayList<Integer>();
            var axes = Arrays.stream(named)
                    .map(a -> a < 0 ? a + rank : a)
                    .sorted()
                    .distinct()
                    .toArray();
            if (axes.length != named.length || (axes.length > 0 && (axes[0] < 0 || axes[axes.length - 1] >= rank))) {
                throw new IllegalArgumentException("its axes " + Arrays.toString(named)
                        + " are not different ones of a result of " + rank + " axes");
            }
            for (int i = 0, from = 0; i < rank; i++) {
                extents.add(Arrays.binarySearch(axes, i) >= 0 ? 1 : x.dim(from++));
            }
            return Value.plain(
                    x.type(),
                    x.plain().reshape(extents.stream().mapToInt(e -> e).toArray()));
        });
    }

    /** Nothing is moved where the result is what is stored already, seen in the other order. */
    static Step transpose(Node node) {
        var given = node.ints("perm");
        return Step.of(in -> {
            var x = in.get(0);
            int rank = x.rank();
            var axes = given.length == 0
                    ? IntStream.range(0, rank).map(i -> rank - 1 - i).toArray()
                    : Arrays.stream(given).mapToInt(Value::toInt).toArray();
            if (!Arrays.equals(
                    Arrays.stream(axes).sorted().toArray(),
                    IntStream.range(0, rank).toArray())) {
                throw new IllegalArgumentException(
                        "its perm " + Arrays.toString(axes) + " does not permute the axes of " + x.shape());
            }
            var order = x.channelsLast()
                    ? Value.toLast(rank)
                    : IntStream.range(0, rank).toArray();
            if (Arrays.equals(order, axes)) {
                return Value.plain(x.type(), x.stored());
            }
            if (rank >= 3 && Arrays.equals(order, through(axes, Value.toLast(rank)))) {
                return Value.channelsLast(x.type(), x.stored());
            }
            return Value.plain(x.type(), Value.permute(x.plain(), axes));
        });
    }

    private static int[] through(int[] axes, int[] order) {
        return Arrays.stream(order).map(i -> axes[i]).toArray();
    }

    static Step expand(Node node) {
        return Step.of(in -> {
            var x = in.get(0);
            var wanted = Limits.extents(in.get(1).longs());
            var shape = Strides.broadcast("Expand", x.shape(), Shape.of(wanted));
            Limits.check(shape.size());
            return Value.plain(x.type(), HostFunction.expand(x.plain(), shape));
        });
    }

    /** Each axis {@code d} becomes {@code [r,d]} by repetition, then one axis again. */
    static Step tile(Node node) {
        return Step.of(in -> {
            var x = in.get(0);
            var repeats = in.get(1).longs();
            if (repeats.length != x.rank()) {
                throw new IllegalArgumentException(repeats.length + " repeats are given for the axes of " + x.shape());
            }
            var extents = LongStream.range(0, x.rank())
                    .map(i -> Math.clamp(repeats[(int) i], -1, Integer.MAX_VALUE) * (long) x.dim((int) i))
                    .toArray();
            var result = Limits.extents(extents);
            var apart = new int[2 * x.rank()];
            for (int i = 0; i < x.rank(); i++) {
                apart[2 * i] = 1;
                apart[2 * i + 1] = x.dim(i);
            }
            Tensor t = x.plain().reshape(apart);
            for (int i = 0; i < x.rank(); i++) {
                apart[2 * i] = Value.toInt(repeats[i]);
            }
            return Value.plain(x.type(), t.expand(apart).reshape(result));
        });
    }

    /** Blocks of channels become blocks of pixels; DCR and CRD differ in which channels neighbour each other. */
    static Step depthToSpace(Node node) {
        int b = block(node);
        var mode = node.text("mode", "DCR");
        if (!mode.equals("DCR") && !mode.equals("CRD")) {
            throw new IllegalArgumentException("its mode '" + mode + "' is neither DCR nor CRD");
        }
        return Step.of(in -> {
            var t = in.get(0).channelsLast("DepthToSpace");
            int c = t.dim(-1) / (b * b);
            var apart = mode.equals("DCR")
                    ? t.reshape(t.dim(0), t.dim(1), t.dim(2), b, b, c).permute(0, 1, 3, 2, 4, 5)
                    : t.reshape(t.dim(0), t.dim(1), t.dim(2), c, b, b).permute(0, 1, 4, 2, 5, 3);
            return Value.channelsLast(in.get(0).type(), apart.reshape(t.dim(0), t.dim(1) * b, t.dim(2) * b, c));
        });
    }

    static Step spaceToDepth(Node node) {
        int b = block(node);
        return Step.of(in -> {
            var t = in.get(0).channelsLast("SpaceToDepth");
            int h = t.dim(1) / b;
            int w = t.dim(2) / b;
            var apart = t.reshape(t.dim(0), h, b, w, b, t.dim(3)).permute(0, 1, 3, 2, 4, 5);
            return Value.channelsLast(in.get(0).type(), apart.reshape(t.dim(0), h, w, b * b * t.dim(3)));
        });
    }

    private static int block(Node node) {
        long block = node.integer("blocksize", 0);
        if (block < 1 || block > 1 << 10) {
            throw new IllegalArgumentException("its blocksize " + block + " is not from 1 to 1024");
        }
        return (int) block;
    }
}
