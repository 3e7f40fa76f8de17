package dev.obverse.tensor;

import dev.obverse.backend.Backend;
import dev.obverse.backend.CopySpec;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import org.jspecify.annotations.Nullable;

/** The memory of a gradient that is kept as {@link OuterProducts}: a copy of their rows. */
final class OuterProductGradient {
    private OuterProductGradient() {}

    /** A copy of the rows of both, for as long as the enclosing scope lives. Gives those of {@code earlier} back. */
    static OuterProducts copy(Backend backend, @Nullable OuterProducts earlier, OuterProducts more) {
        if (earlier == null) {
            var a = stack(backend, more.a(), 0, more.a(), more.rows() * more.m());
            var b = stack(backend, more.b(), 0, more.b(), more.rows() * more.n());
            return new OuterProducts(more.rows(), more.m(), more.n(), a, b);
        }
        int rows = earlier.rows();
        var a = stack(backend, earlier.a(), rows * more.m(), more.a(), more.rows() * more.m());
        var b = stack(backend, earlier.b(), rows * more.n(), more.b(), more.rows() * more.n());
        TensorScope.releaseEarly(earlier.a(), "more rows were put behind it");
        TensorScope.releaseEarly(earlier.b(), "more rows were put behind it");
        return new OuterProducts(rows + more.rows(), more.m(), more.n(), a, b);
    }

    private static Storage stack(Backend backend, Storage top, int topLength, Storage bottom, int bottomLength) {
        var stacked = backend.memory().allocate(topLength + bottomLength);
        TensorScope.register(stacked, backend, "backward");
        var one = new int[] {1};
        backend.index().copy(new CopySpec(new int[] {topLength}, 0, one, 0, one), top, stacked);
        backend.index().copy(new CopySpec(new int[] {bottomLength}, 0, one, topLength, one), bottom, stacked);
        return stacked;
    }

    /** From now on the copy outlives its scope. */
    static void keep(OuterProducts gradient) {
        TensorScope.detach(gradient.a());
        TensorScope.detach(gradient.b());
    }

    /** The gradient of {@code tensor} as an array; the rows are given back. */
    static Tensor compute(Tensor tensor, OuterProducts gradient) {
        var backend = tensor.backend();
        var computed = new Tensor(tensor.shape(), backend.memory().allocate(tensor.size()), backend);
        backend.matmul().matmul(gradient.matmul(), gradient.a(), gradient.b(), computed.storage());
        release(backend, gradient);
        return computed;
    }

    /** Adds to a gradient that is an array already. */
    static void add(OuterProducts more, Tensor gradient) {
        gradient.backend().matmul().matmulAdd(more.matmul(), more.a(), more.b(), gradient.storage());
        TensorScope.releaseEarly(more.a(), "it was added to a gradient");
        TensorScope.releaseEarly(more.b(), "it was added to a gradient");
    }

    static void release(Backend backend, OuterProducts gradient) {
        for (var rows : new Storage[] {gradient.a(), gradient.b()}) {
            rows.markReleased("it was a part of a gradient, which has been computed or cleared");
            backend.memory().release(rows);
        }
    }
}
