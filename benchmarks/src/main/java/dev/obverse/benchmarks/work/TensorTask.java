package dev.obverse.benchmarks.work;

import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.function.Supplier;

/** A computation with tensors whose memory goes back to the pool each time. */
record TensorTask(Supplier<Tensor> computation) implements Task {
    @Override
    public void run() {
        try (var _ = TensorScope.open()) {
            var _ = computation.get();
        }
    }

    @Override
    public float[] result() {
        try (var _ = TensorScope.open()) {
            return computation.get().toArray();
        }
    }
}
