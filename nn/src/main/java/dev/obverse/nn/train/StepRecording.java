package dev.obverse.nn.train;

import dev.obverse.backend.StepKernels;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A step as a device recorded it: work on batches of one shape, and on memory that stays where it is. Where one of the
 * two has changed it is forgotten, and recorded anew.
 */
final class StepRecording implements AutoCloseable {
    private final StepKernels kernels;
    private List<Shape> lastShapes = List.of();
    private List<Tensor> inputs = List.of();
    private List<Object> memory = List.of();
    private StepKernels.@Nullable Repeated repeated;

    StepRecording(StepKernels kernels) {
        this.kernels = kernels;
    }

    /**
     * Does the work on this batch, or repeats it.
     *
     * @param now what else the work depends on, and a recording therefore, too
     * @param work does the same to the tensors it is given each time
     */
    void run(List<Tensor> batch, List<Object> now, Consumer<List<Tensor>> work) {
        var known = recordingOf(batch, now);
        if (known == null) {
            work.accept(batch);
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            inputs.get(i).set(batch.get(i));
        }
        known.run(() -> work.accept(inputs));
    }

    /**
     * Null if there is none and none is to be begun. It is begun with the second of two batches of the same shapes: an
     * epoch's last batch, with which a resumed run may begin, is often smaller, and must not decide.
     */
    private StepKernels.@Nullable Repeated recordingOf(List<Tensor> batch, List<Object> now) {
        var shapes = shapes(batch);
        boolean again = shapes.equals(lastShapes);
        lastShapes = shapes;
        if (repeated != null && now.equals(memory) && shapes.equals(shapes(inputs))) {
            return repeated;
        }
        if (!again) {
            return null;
        }
        close();
        repeated = kernels.repeated().orElse(null);
        if (repeated != null) {
            memory = now;
            inputs = batch.stream().map(StepRecording::lasting).toList();
        }
        return repeated;
    }

    private static List<Shape> shapes(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::shape).toList();
    }

    private static Tensor lasting(Tensor like) {
        return TensorScope.keepAlways(Tensor.empty(like.device(), like.shape()));
    }

    @Override
    public void close() {
        if (repeated != null) {
            repeated.close();
            repeated = null;
        }
    }
}
