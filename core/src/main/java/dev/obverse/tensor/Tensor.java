package dev.obverse.tensor;

import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.Backend;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import dev.obverse.random.Philox;
import dev.obverse.tensor.op.Call;
import dev.obverse.tensor.op.Op;
import dev.obverse.tensor.op.Strides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A dense, row-major array of float32 on one device, and a node of the autograd graph.
 *
 * <p>Images are channels-last: {@code [N,H,W,C]}. There are no strided views: {@code reshape} shares memory, everything
 * else makes a new array. Tensors are immutable except through {@link #set} and optimisers.
 *
 * <p>Operations are recorded for {@link #backward()} when an input {@linkplain #requiresGrad requires a gradient} and
 * recording is on ({@link NoGrad}). On {@link Device#reference()} values are float64.
 */
public final class Tensor implements TensorArithmetic, TensorReductions, TensorShaping {
    private final Shape shape;
    private final Storage storage;
    private final Backend backend;
    private boolean requiresGrad;
    private boolean retainGrad;
    private @Nullable Tensor grad;
    private @Nullable OuterProducts outerProducts;
    private List<UnaryOperator<Tensor>> hooks = List.of();

    /** The call that made this tensor, while backward may still need it. */
    @Nullable
    Call history;

    Tensor(Shape shape, Storage storage, Backend backend) {
        this.shape = shape;
        this.storage = storage;
        this.backend = backend;
    }

    // ---- making tensors

    /** A tensor on the CPU with these values, row-major. */
    public static Tensor of(float[] values, int... extents) {
        return of(Device.cpu(), values, Shape.of(extents));
    }

    public static Tensor of(Device device, float[] values, Shape shape) {
        checkCount(values.length, shape);
        var tensor = empty(device, shape);
        tensor.backend.memory().write(values, tensor.storage);
        return tensor;
    }

    /**
     * As {@link #of(Device, float[], Shape)} without a copy where the device can do without: {@code values} belong to
     * the tensor from now on, and whoever changes them changes it.
     */
    public static Tensor adopt(Device device, float[] values, Shape shape) {
        checkCount(values.length, shape);
        var backend = device.backend();
        return made(backend.memory().adopt(values), shape, backend);
    }

    /** Keeps all 53 bits on the reference device, rounds to float elsewhere. */
    public static Tensor of(Device device, double[] values, Shape shape) {
        checkCount(values.length, shape);
        var tensor = empty(device, shape);
        tensor.backend.memory().write(values, tensor.storage);
        return tensor;
    }

    public static Tensor scalar(Device device, double value) {
        return full(device, value, Shape.of());
    }

    public static Tensor zeros(Device device, Shape shape) {
        return full(device, 0, shape);
    }

    public static Tensor full(Device device, double value, Shape shape) {
        var tensor = empty(device, shape);
        tensor.backend.memory().fill(tensor.storage, value);
        return tensor;
    }

    /** Uniform on [0, 1). */
    public static Tensor rand(Device device, Philox random, Shape shape) {
        var values = new float[shape.size()];
        random.fillUniform(values, 0, 1);
        return adopt(device, values, shape);
    }

    /** Standard normal. */
    public static Tensor randn(Device device, Philox random, Shape shape) {
        var values = new float[shape.size()];
        random.fillNormal(values, 0, 1);
        return adopt(device, values, shape);
    }

    /** Memory with undefined content, for code that overwrites all of it. */
    public static Tensor empty(Device device, Shape shape) {
        var backend = device.backend();
        return made(backend.memory().allocate(shape.size()), shape, backend);
    }

    private static Tensor made(Storage storage, Shape shape, Backend backend) {
        TensorScope.register(storage, backend, "a tensor constructor");
        return new Tensor(shape, storage, backend);
    }

    private static void checkCount(int count, Shape shape) {
        if (count != shape.size()) {
            throw new IllegalArgumentException(
                    "Shape " + shape + " needs " + shape.size() + " values, but " + count + " were given");
        }
    }

    // ---- what it is

    public Shape shape() {
        return shape;
    }

    public int rank() {
        return shape.rank();
    }

    /** Extent of an axis; negative axes count from the end. */
    public int dim(int axis) {
        return shape.dim(axis);
    }

    public int size() {
        return shape.size();
    }

    public Device device() {
        return backend.device();
    }

    public Backend backend() {
        return backend;
    }

    /**
     * The memory behind this tensor, for backends and optimisers.
     *
     * @throws IllegalStateException if it has been given back
     */
    public Storage storage() {
        var released = storage.released();
        if (released != null) {
            throw new IllegalStateException("This tensor of shape " + shape + " can no longer be used: " + released);
        }
        return storage;
    }

    // ---- values

    /** A copy of the values, row-major. */
    public float[] toArray() {
        var values = new float[size()];
        backend.memory().read(storage(), values);
        return values;
    }

    /** A copy of the values; exact on the reference device. */
    public double[] toDoubleArray() {
        var values = new double[size()];
        backend.memory().read(storage(), values);
        return values;
    }

    /** The value of a tensor with one element. */
    public double item() {
        if (size() != 1) {
            throw new IllegalStateException(
                    "item() needs a tensor with one element, but this one has shape " + shape + "; use toArray()");
        }
        return toDoubleArray()[0];
    }

    /** Overwrites the values in place; gradients recorded earlier do not notice. */
    public void set(float[] values) {
        checkCount(values.length, shape);
        backend.memory().write(values, storage());
    }

    /** Overwrites the values in place with those of a tensor of the same shape, on any device. */
    public void set(Tensor other) {
        if (!other.shape.equals(shape)) {
            throw new IllegalArgumentException(
                    "A tensor of shape " + shape + " cannot be set to the values of one of shape " + other.shape);
        }
        if (other.backend.equals(backend)) {
            backend.index().copy(Strides.dense(size()), other.storage(), storage());
        } else if (device().kind() == Device.Kind.REFERENCE) {
            backend.memory().write(other.toDoubleArray(), storage());
        } else {
            backend.memory().write(other.toArray(), storage());
        }
    }

    /**
     * The same values on another device; this tensor itself if it is there already. No gradient flows through a move,
     * so a tensor that requires one must be detached first.
     */
    public Tensor to(Device device) {
        if (device.equals(device())) {
            return this;
        }
        if (requiresGrad && NoGrad.isRecording()) {
            throw new IllegalStateException("to(" + device + "): no gradient flows from one device to another;"
                    + " call detach() first, or keep the whole computation on " + device());
        }
        return of(device, toDoubleArray(), shape);
    }

    // ---- autograd

    public boolean requiresGrad() {
        return requiresGrad;
    }

    /** Marks a tensor that no operation made as one to differentiate with respect to; returns this. */
    public Tensor requiresGrad(boolean requires) {
        if (history != null) {
            throw new IllegalStateException(
                    "requiresGrad can only be set on a tensor that no recorded operation made; call detach() first");
        }
        requiresGrad = requires;
        return this;
    }

    /** The same values, cut off from the graph: the stop-gradient of papers. */
    public Tensor detach() {
        return new Tensor(shape, storage(), backend);
    }

    /**
     * The accumulated gradient of a leaf, or of a tensor with {@link #retainGrad}; null before backward. It is computed
     * now if it was left as {@link #outerProducts}.
     */
    public @Nullable Tensor grad() {
        var products = outerProducts;
        if (products != null) {
            grad = OuterProductGradient.compute(this, products);
            outerProducts = null; // not before: for want of memory there may be no gradient yet
        }
        return grad;
    }

    /** Whether there is a {@link #grad}, without computing it. */
    public boolean hasGrad() {
        return grad != null || outerProducts != null;
    }

    /**
     * The gradient as the outer products that {@link #grad} would compute it from; null if it is computed or absent.
     */
    public @Nullable OuterProducts outerProducts() {
        return outerProducts;
    }

    void addOuterProducts(OuterProducts more) {
        if (hasGrad()) {
            OuterProductGradient.add(more, Objects.requireNonNull(grad()));
        } else {
            OuterProductGradient.keep(more);
            outerProducts = more;
        }
    }

    /** Replaces the accumulated gradient, for tools that scale or clip it. */
    public void setGrad(@Nullable Tensor gradient) {
        if (gradient != null && !gradient.shape.equals(shape)) {
            throw new IllegalArgumentException(
                    "The gradient of a tensor of shape " + shape + " has the same shape, not " + gradient.shape);
        }
        zeroOuterProducts();
        grad = gradient;
    }

    /** Forgets the gradient and gives its memory back to the pool. */
    public void zeroGrad() {
        zeroOuterProducts();
        var old = grad;
        grad = null;
        if (old != null && old.storage.released() == null) {
            TensorScope.detach(old.storage);
            old.storage.markReleased("it was a gradient and zeroGrad() has cleared it");
            backend.memory().release(old.storage);
        }
    }

    private void zeroOuterProducts() {
        var old = outerProducts;
        outerProducts = null;
        if (old != null) {
            OuterProductGradient.release(backend, old);
        }
    }

    /** Keeps the gradient of this intermediate result when backward passes it; returns this. */
    public Tensor retainGrad() {
        retainGrad = true;
        return this;
    }

    boolean retainsGrad() {
        return retainGrad;
    }

    /** Calls {@code hook} with this tensor's whole gradient during backward; what it returns replaces the gradient. */
    public void registerHook(UnaryOperator<Tensor> hook) {
        var more = new ArrayList<>(hooks);
        more.add(hook);
        hooks = List.copyOf(more);
    }

    List<UnaryOperator<Tensor>> hooks() {
        return hooks;
    }

    /**
     * Differentiates this scalar with respect to every leaf that requires a gradient, adding to their {@link #grad}.
     */
    public void backward() {
        if (size() != 1) {
            throw new IllegalStateException("backward() starts from a scalar, but this tensor has shape " + shape
                    + "; reduce it first or give backward a gradient of that shape");
        }
        backward(full(device(), 1, shape));
    }

    /** Starts from {@code gradient}, of this tensor's shape. The recorded graph is used up. */
    public void backward(Tensor gradient) {
        BackwardPass.run(this, gradient, false);
    }

    /** Like {@link #backward()}, but keeps the graph for another pass. */
    public void backwardRetainingGraph() {
        BackwardPass.run(this, full(device(), 1, shape), true);
    }

    /** The leaves to which {@link #backward()} from this tensor would bring a gradient, possibly of zeros. */
    public Set<Tensor> gradientLeaves() {
        return BackwardPass.leaves(this);
    }

    /** Runs an op and records it if a gradient may be wanted. Every operation comes through here. */
    @SuppressWarnings("ReferenceEquality") // a device has one backend
    static Tensor apply(Op op, Tensor... inputs) {
        var backend = inputs[0].backend;
        boolean record = false;
        for (var input : inputs) {
            input.storage();
            if (input.backend != backend) {
                throw new IllegalArgumentException(op.name() + ": inputs are on " + backend.device() + " and "
                        + input.device() + "; move them to one device with to(device)");
            }
            record |= input.requiresGrad;
        }
        var call = new Call(op, backend, inputs, (storage) -> TensorScope.register(storage, backend, op.name()));
        op.forward(call);
        var result = new Tensor(call.resultShape(), call.result(), backend);
        if (record && NoGrad.isRecording()) {
            op.checkDifferentiable();
            result.requiresGrad = true;
            result.history = call;
            call.recorded(result);
        }
        return result;
    }

    @Override
    public String toString() {
        var text = "Tensor" + shape + " on " + device();
        if (storage.released() != null) {
            return text + " (released)";
        }
        return size() <= 16 ? text + " " + Arrays.toString(toArray()) : text;
    }
}
