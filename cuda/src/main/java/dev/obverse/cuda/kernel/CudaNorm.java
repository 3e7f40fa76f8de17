package dev.obverse.cuda.kernel;

import dev.obverse.backend.NormKernels;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;

/** Normalisation and softmax, {@code norm.cu}; the statistics are sums, {@code reduce.cu}. */
public record CudaNorm(CudaContext context, Launcher launcher) implements NormKernels {
    private Sums sums(NormSpec spec) {
        boolean consecutive = spec.r1() == 1 || spec.b() == 1;
        return consecutive
                ? new Sums(context, launcher, spec.groups(), spec.groupSize(), 1, 1)
                : new Sums(context, launcher, spec.a(), spec.r1(), spec.b() * spec.r2(), spec.r2());
    }

    @Override
    public void normalize(NormSpec spec, double eps, Storage x, Storage y, Storage mean, Storage variance) {
        if (spec.groups() == 0 || spec.groupSize() == 0) {
            return;
        }
        context.run(
                "normalize",
                spec,
                () -> context.withScratch(4L * spec.groups(), inverse -> {
                    var sums = sums(spec);
                    sums.of(Sums.Terms.MOMENTS, x, partial -> {
                        launcher.begin()
                                .with(sums.pieces())
                                .with(sums.outputs())
                                .with(sums.join())
                                .with(sums.inner())
                                .with(sums.extent())
                                .with((double) spec.groupSize())
                                .with(eps)
                                .with(x)
                                .withAddress(partial)
                                .with(mean)
                                .with(variance)
                                .withAddress(inverse);
                        sums.join("join_moments");
                    });
                    overElements(spec)
                            .with(x)
                            .with(mean)
                            .withAddress(inverse)
                            .with(y)
                            .overElements("normalize", spec.groups() * spec.groupSize());
                }));
    }

    @Override
    public void normalizeGradient(NormSpec spec, double eps, Storage y, Storage variance, Storage dy, Storage dx) {
        if (spec.groups() == 0 || spec.groupSize() == 0) {
            return;
        }
        long line = 4L * spec.groups();
        context.run(
                "normalizeGradient",
                spec,
                () -> context.withScratch(3 * line, meanDy -> {
                    var sums = sums(spec);
                    sums.of(Sums.Terms.PRODUCTS, dy, y, partial -> {
                        launcher.begin()
                                .with(sums.pieces())
                                .with(sums.outputs())
                                .with(sums.join())
                                .with((double) spec.groupSize())
                                .with(eps)
                                .withAddress(partial)
                                .with(variance)
                                .withAddress(meanDy)
                                .withAddress(meanDy + line)
                                .withAddress(meanDy + 2 * line);
                        sums.join("join_products");
                    });
                    overElements(spec)
                            .with(y)
                            .with(dy)
                            .withAddress(meanDy)
                            .withAddress(meanDy + line)
                            .withAddress(meanDy + 2 * line)
                            .with(dx)
                            .overElements("normalize_gradient", spec.groups() * spec.groupSize());
                }));
    }

    private Launcher overElements(NormSpec spec) {
        int line = spec.b() * spec.r2();
        return launcher.begin()
                .with(spec.groups() * spec.groupSize())
                .withDivisor(spec.r1() * line)
                .withDivisor(line)
                .withDivisor(spec.r2())
                .with(spec.b());
    }

    @Override
    public void softmax(int rows, int n, Storage x, Storage y) {
        overRows("softmax", rows, n, x, y);
    }

    @Override
    public void softmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        overRows("softmax_gradient", rows, n, y, dy, dx);
    }

    @Override
    public void logSoftmax(int rows, int n, Storage x, Storage y) {
        overRows("log_softmax", rows, n, x, y);
    }

    @Override
    public void logSoftmaxGradient(int rows, int n, Storage y, Storage dy, Storage dx) {
        overRows("log_softmax_gradient", rows, n, y, dy, dx);
    }

    private void overRows(String kernel, int rows, int n, Storage... arrays) {
        if (rows == 0 || n == 0) {
            return;
        }
        int threads = Math.clamp(Integer.highestOneBit(2 * n - 1), 32, 256);
        context.run(kernel, rows + " rows of " + n, () -> {
            launcher.begin().with(n);
            for (var array : arrays) {
                launcher.with(array);
            }
            launcher.launch(kernel, rows, 1, threads, 1);
        });
    }
}
