package dev.obverse.cuda.kernel;

import dev.obverse.backend.CopySpec;
import dev.obverse.backend.IndexKernels;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import java.util.function.LongConsumer;

/** Moving elements, {@code move.cu}. Indices come from this machine and are sent along. */
public record CudaIndex(CudaContext context, Launcher launcher) implements IndexKernels {
    @Override
    public void copy(CopySpec spec, Storage source, Storage target) {
        int n = spec.length();
        if (n == 0) {
            return;
        }
        context.run(
                "copy", spec, () -> new Mover(launcher).copy(spec, context.address(source), context.address(target)));
    }

    @Override
    public void indexSelect(ReduceSpec spec, int[] indices, Storage x, Storage y) {
        int n = spec.outer() * indices.length * spec.inner();
        if (n > 0) {
            select("index_select", spec, indices.length, indices, n, x, y);
        }
    }

    @Override
    public void gather(ReduceSpec spec, int count, int[] indices, Storage x, Storage y) {
        int n = spec.outer() * count * spec.inner();
        if (n > 0) {
            select("gather", spec, count, indices, n, x, y);
        }
    }

    private void select(String kernel, ReduceSpec spec, int count, int[] indices, int n, Storage x, Storage y) {
        context.run(
                kernel,
                spec,
                () -> withIndices(
                        indices,
                        at -> launcher.begin()
                                .with(n)
                                .withDivisor(spec.inner())
                                .withDivisor(count)
                                .with(spec.extent())
                                .withAddress(at)
                                .with(x)
                                .with(y)
                                .overElements(kernel, n)));
    }

    @Override
    public void indexSelectGradient(ReduceSpec spec, int[] indices, Storage dy, Storage dx) {
        scatter("index_select_gradient", spec, indices.length, indices, dy, dx);
    }

    @Override
    public void gatherGradient(ReduceSpec spec, int count, int[] indices, Storage dy, Storage dx) {
        scatter("gather_gradient", spec, count, indices, dy, dx);
    }

    private void scatter(String kernel, ReduceSpec spec, int count, int[] indices, Storage dy, Storage dx) {
        int columns = spec.outer() * spec.inner();
        if (columns == 0 || spec.extent() == 0) {
            return;
        }
        context.run(kernel, spec, () -> {
            context.card().clear(context.address(dx), 4L * columns * spec.extent());
            if (count > 0) {
                withIndices(
                        indices,
                        at -> launcher.begin()
                                .with(columns)
                                .withDivisor(spec.inner())
                                .with(count)
                                .with(spec.extent())
                                .withAddress(at)
                                .with(dy)
                                .with(dx)
                                .overElements(kernel, columns));
            }
        });
    }

    private void withIndices(int[] indices, LongConsumer work) {
        context.withScratch(4L * indices.length, at -> {
            context.write(indices, at);
            work.accept(at);
        });
    }
}
