package dev.obverse.cuda.kernel;

import dev.obverse.backend.NormKernels;
import dev.obverse.backend.NormSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Normalisation and softmax, {@code norm.cu}; statistics and their gradients are sums, {@code reduce.cu}. */
public record CudaNorm(CudaContext context, Launcher launcher) implements NormKernels {
    @Override
    public void normalize(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage y) {
        if (spec.size() == 0) {
            return;
        }
        context.run(
                "normalize",
                spec,
                () -> context.withScratch(4L * spec.groups(), inverse -> {
                    if (spec.ownStatistics()) {
                        statistics(spec, x, mean, variance, inverse);
                    } else {
                        inverse(spec, variance, inverse);
                    }
                    overElements(spec, x, mean, inverse, gamma, beta).with(y).overElements("normalize", spec.size());
                }));
    }

    private void statistics(NormSpec spec, Storage x, Storage mean, Storage variance, long inverse) {
        boolean consecutive = spec.r1() == 1 || spec.b() == 1;
        var sums = consecutive ? new Sums(context, launcher, spec.groups(), spec.groupSize(), 1, 1) : perColumn(spec);
        sums.of(Sums.Terms.MOMENTS, x, partial -> {
            launcher.begin()
                    .with(sums.pieces())
                    .with(sums.outputs())
                    .with(sums.join())
                    .with(sums.inner())
                    .with(sums.extent())
                    .with((double) spec.groupSize())
                    .with(spec.eps())
                    .with(x)
                    .withAddress(partial)
                    .with(mean)
                    .with(variance)
                    .withAddress(inverse);
            sums.join("join_moments");
        });
    }

    /** Sums over the rows of each sample. */
    private Sums perColumn(NormSpec spec) {
        return new Sums(context, launcher, spec.a(), spec.r1(), spec.columns(), spec.r2());
    }

    private void inverse(NormSpec spec, Storage variance, long inverse) {
        launcher.begin()
                .with(spec.groups())
                .with(spec.eps())
                .with(variance)
                .withAddress(inverse)
                .overElements("inverse_deviation", spec.groups());
    }

    @Override
    public void normalizeGradient(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            Storage variance,
            Storage dy,
            @Nullable Storage dx,
            @Nullable Storage dgamma,
            @Nullable Storage dbeta) {
        long line = 4L * spec.groups();
        context.run("normalizeGradient", spec, () -> {
            if (spec.size() == 0) {
                clear(spec, dgamma);
                clear(spec, dbeta);
                return;
            }
            context.withScratch(3 * line, inverse -> {
                inverse(spec, variance, inverse);
                boolean means = dx != null && spec.ownStatistics();
                long meanDz = means ? inverse + line : 0;
                long meanDzXhat = means ? inverse + 2 * line : 0;
                var terms = new Gradients(spec, x, gamma, beta, mean, inverse, dy);
                if (spec.r1() == 1 && spec.b() == 1) {
                    sumsOfRows(terms, meanDz, meanDzXhat, dgamma, dbeta);
                } else if (means || dgamma != null || dbeta != null) {
                    sumsOfColumns(terms, meanDz, meanDzXhat, dgamma, dbeta);
                }
                if (dx != null) {
                    overElements(spec, x, mean, inverse, gamma, beta)
                            .with(dy)
                            .withAddress(meanDz)
                            .withAddress(meanDzXhat)
                            .with(dx)
                            .overElements("normalize_gradient", spec.size());
                }
            });
        });
    }

    private void clear(NormSpec spec, @Nullable Storage sums) {
        if (sums != null) {
            context.card().clear(context.address(sums), 4L * spec.columns());
        }
    }

    /** What the kernels {@code gradients_...} add up. */
    private record Gradients(
            NormSpec spec,
            Storage x,
            @Nullable Storage gamma,
            @Nullable Storage beta,
            Storage mean,
            long inverse,
            Storage dy) {}

    private void sum(Sums sums, Gradients g, boolean weighted, boolean byRow, LongConsumer then) {
        sums.of(
                "gradients",
                () -> launcher.with(g.x)
                        .with(g.dy)
                        .with((float) g.spec.slope())
                        .with(g.spec.columns())
                        .with(g.mean)
                        .withAddress(g.inverse)
                        .withAddress(address(g.gamma))
                        .withAddress(address(g.beta))
                        .with(weighted ? 1 : 0)
                        .with(byRow ? 1 : 0),
                then);
    }

    /** Both kinds of sums come from the sums over each sample's rows. */
    private void sumsOfColumns(
            Gradients g, long meanDz, long meanDzXhat, @Nullable Storage dgamma, @Nullable Storage dbeta) {
        var sums = perColumn(g.spec);
        sum(sums, g, false, false, partial -> {
            if (meanDz != 0) {
                joinGroups(sums, g, address(g.gamma), meanDz, meanDzXhat, partial);
            }
            joinColumns(sums, g.spec, dgamma, dbeta, partial);
        });
    }

    /** Layer norm: one kind of sums runs along the rows, the other across them. */
    private void sumsOfRows(
            Gradients g, long meanDz, long meanDzXhat, @Nullable Storage dgamma, @Nullable Storage dbeta) {
        var spec = g.spec;
        if (meanDz != 0) {
            var along = new Sums(context, launcher, spec.a(), spec.r2(), 1, 1);
            sum(along, g, true, false, partial -> joinGroups(along, g, 0, meanDz, meanDzXhat, partial));
        }
        if (dgamma != null || dbeta != null) {
            var across = new Sums(context, launcher, 1, spec.a(), spec.r2(), 1);
            sum(across, g, false, true, partial -> joinColumns(across, spec, dgamma, dbeta, partial));
        }
    }

    private void joinGroups(Sums sums, Gradients g, long gamma, long meanDz, long meanDzXhat, long partial) {
        launcher.begin()
                .with(sums.pieces())
                .with(sums.outputs())
                .with(sums.join())
                .with(g.spec.columns())
                .with((double) g.spec.groupSize())
                .withAddress(gamma)
                .withAddress(partial)
                .withAddress(meanDz)
                .withAddress(meanDzXhat);
        sums.join("join_groups");
    }

    private void joinColumns(
            Sums sums, NormSpec spec, @Nullable Storage dgamma, @Nullable Storage dbeta, long partial) {
        if (dgamma != null || dbeta != null) {
            launcher.begin()
                    .with(sums.pieces())
                    .with(sums.outputs())
                    .with(spec.columns())
                    .withAddress(partial)
                    .withAddress(address(dgamma))
                    .withAddress(address(dbeta))
                    .launch("join_columns", spec.columns(), 1, 32, 1);
        }
    }

    private long address(@Nullable Storage storage) {
        return storage == null ? 0 : context.address(storage);
    }

    private Launcher overElements(
            NormSpec spec, Storage x, Storage mean, long inverse, @Nullable Storage gamma, @Nullable Storage beta) {
        return launcher.begin()
                .with(spec.size())
                .withDivisor(spec.r1() * spec.columns())
                .withDivisor(spec.columns())
                .withDivisor(spec.r2())
                .with(spec.b())
                .with((float) spec.slope())
                .with(x)
                .with(mean)
                .withAddress(inverse)
                .withAddress(address(gamma))
                .withAddress(address(beta));
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
