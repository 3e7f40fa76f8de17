package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.work.Task;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A computation without recording, whose results are given back at once.
 *
 * @param values reads the result in our layout
 */
record LibtorchTask(Supplier<Tensor> computation, Function<Tensor, float[]> values) implements Task {
    @Override
    public void run() {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            var _ = computation.get();
        }
    }

    @Override
    public float[] result() {
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            return values.apply(computation.get());
        }
    }
}
