package dev.obverse.tensor.op;

import dev.obverse.backend.Backend;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One application of an op: what went in, what came out, and, during backward, the gradient on its way through. */
public final class Call {
    /** Where a call's backward takes gradients from and leaves them. */
    public interface Gradients {
        /** Takes the gradient of one input. */
        void accept(int input, Storage gradient);

        /** What other calls have delivered for one input, if this one may add to it in place. */
        @Nullable
        Storage sumSoFar(int input);

        /** Takes the gradient of one input as outer products of blocks that it copies; false if it must be computed. */
        boolean accept(int input, OuterProducts gradient);

        /** Whether nobody else reads the gradient of the result, so that it may be overwritten. */
        boolean resultIsSpare();
    }

    private static final AtomicLong SEQUENCE = new AtomicLong();

    private final Op op;
    private final Backend backend;
    private final Consumer<Storage> owner;
    private final long sequence = SEQUENCE.getAndIncrement();
    private Tensor[] inputs;
    private @Nullable Shape resultShape;
    private @Nullable Storage result;
    private @Nullable Tensor recorded;
    private Storage[] saved = {};
    private @Nullable Storage gradient;
    private @Nullable Gradients gradients;
    private boolean used;
    private @Nullable List<Storage> scratch;

    /** @param owner told of every block that the call allocates */
    public Call(Op op, Backend backend, Tensor[] inputs, Consumer<Storage> owner) {
        this.op = op;
        this.backend = backend;
        this.inputs = inputs.clone();
        this.owner = owner;
    }

    // ---- for ops, both ways

    public Backend backend() {
        return backend;
    }

    public int inputCount() {
        return inputs.length;
    }

    public Tensor input(int i) {
        return inputs[i];
    }

    /** Memory of input {@code i}. */
    public Storage x(int i) {
        return inputs[i].storage();
    }

    public Shape shape(int i) {
        return inputs[i].shape();
    }

    /** Scratch memory or a gradient: its content is undefined and it lives as long as the enclosing scope. */
    public Storage allocate(int length) {
        var storage = backend.memory().allocate(length);
        owner.accept(storage);
        if (scratch != null) {
            scratch.add(storage);
        }
        return storage;
    }

    // ---- for forward

    /** Allocates the result. */
    public Storage result(Shape shape) {
        return result(shape, allocate(shape.size()));
    }

    /** Makes existing memory the result: a reshaped input, for instance. */
    public Storage result(Shape shape, Storage storage) {
        resultShape = shape;
        result = storage;
        return storage;
    }

    /** Keeps blocks for backward. */
    public void save(Storage... storages) {
        saved = storages;
    }

    // ---- for backward

    /** Memory of the result. */
    public Storage result() {
        return live(require(result, "result"));
    }

    public Shape resultShape() {
        return require(resultShape, "result");
    }

    public Storage saved(int i) {
        return live(saved[i]);
    }

    /** Gradient of the result. */
    public Storage gradient() {
        return require(gradient, "gradient");
    }

    /** Whether anybody needs the gradient of input {@code i}. */
    public boolean wants(int i) {
        return inputs[i].requiresGrad();
    }

    /**
     * Delivers the gradient of input {@code i}: a block this call has allocated, or {@link #gradient()} itself passed
     * on. Never an input or a saved block, whose memory is not the call's to give.
     */
    public void deliver(int i, Storage g) {
        require(gradients, "backward").accept(i, g);
    }

    /**
     * Delivers the gradient of input {@code i} as outer products of any blocks, which need not outlive this call.
     *
     * @return false if somebody needs it computed; it is not delivered then
     */
    public boolean deliver(int i, OuterProducts g) {
        return require(gradients, "backward").accept(i, g);
    }

    /**
     * The gradient of input {@code i} as far as other calls have delivered it: a call that gets one may add its own
     * share to it instead of delivering that. Null if there is none, or if it may not be changed.
     */
    public @Nullable Storage sumSoFar(int i) {
        return require(gradients, "backward").sumSoFar(i);
    }

    /**
     * A block as long as the gradient of the result, for what the op makes of it element by element:
     * {@link #gradient()} itself if nobody else reads that.
     */
    public Storage allocateOverGradient() {
        return require(gradients, "backward").resultIsSpare()
                ? gradient()
                : allocate(gradient().length());
    }

    // ---- for the graph

    public Op op() {
        return op;
    }

    /** Position in the order of recording. */
    public long sequence() {
        return sequence;
    }

    public void recorded(Tensor tensor) {
        recorded = tensor;
        Trace.note(this);
    }

    public Tensor recordedResult() {
        return require(recorded, "recorded result");
    }

    /**
     * Runs the op's backward.
     *
     * @return every block it allocated; those it has not delivered are free for reuse
     */
    public List<Storage> backward(Storage resultGradient, Gradients gradients) {
        var allocated = new ArrayList<Storage>();
        scratch = allocated;
        gradient = resultGradient;
        this.gradients = gradients;
        op.backward(this);
        gradient = null;
        this.gradients = null;
        scratch = null;
        return allocated;
    }

    /** Lets go of everything backward needed. */
    public void markUsed() {
        used = true;
        inputs = new Tensor[0];
        saved = new Storage[0];
    }

    public boolean isUsed() {
        return used;
    }

    /** Pools hand released memory to others: reading it would not fail, only be wrong. */
    private Storage live(Storage storage) {
        var released = storage.released();
        if (released != null) {
            throw new IllegalStateException(
                    "backward() of " + op.name() + " needs memory that can no longer be used: " + released);
        }
        return storage;
    }

    private <T> T require(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalStateException(op.name() + ": no " + what + " yet");
        }
        return value;
    }
}
