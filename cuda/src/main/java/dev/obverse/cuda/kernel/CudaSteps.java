package dev.obverse.cuda.kernel;

import dev.obverse.backend.OptimizerKernels.Adam;
import dev.obverse.backend.StepKernels;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.device.RecordedWork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The end of a training step without waiting, {@code optimizer.cu}.
 *
 * @param records whether repeated work may be recorded
 */
public record CudaSteps(CudaContext context, Launcher launcher, boolean records) implements StepKernels {
    private static final int THREADS = 256;

    @Override
    public void gate(List<Storage> gradients, List<Storage> losses, double scale, double maxNorm, Storage gate) {
        if (losses.size() > Arrays.MOST) {
            throw new IllegalArgumentException("A step can watch " + Arrays.MOST + " losses, not " + losses.size());
        }
        context.run("gate", gradients.size() + " gradients", () -> {
            var groups = groups(gradients);
            int pieces = groups.stream().mapToInt(Arrays::blocks).sum();
            context.withScratch(8L * Math.max(1, pieces), partial -> {
                long at = partial;
                for (var group : groups) {
                    if (group.blocks() > 0) {
                        group.give(launcher.begin());
                        launcher.withAddress(at).launch("squares_many", group.blocks(), 1, THREADS, 1);
                    }
                    at += 8L * group.blocks();
                }
                launcher.begin().with(pieces).withAddress(partial).with(scale).with(maxNorm);
                table(losses).give(launcher);
                launcher.with(gate).launch("gradient_gate", 1, 1, THREADS, 1);
            });
        });
    }

    private List<Arrays> groups(List<Storage> arrays) {
        return Arrays.groups(table(arrays).lengths(), table(arrays).addresses());
    }

    private Arrays table(List<Storage> arrays) {
        return new Arrays(
                arrays.stream().map(Storage::length).toList(),
                arrays.stream().map(a -> new long[] {context.address(a)}).toList());
    }

    @Override
    public void rates(List<Adam> specs, Storage rates) {
        var values = new float[RATES * specs.size()];
        for (int i = 0; i < specs.size(); i++) {
            System.arraycopy(CudaOptimizer.numbers(specs.get(i)), 0, values, RATES * i, RATES);
        }
        context.write(values, rates);
    }

    @Override
    public void adam(List<AdamArrays> arrays, Storage rates, Storage gate) {
        context.run("adam", arrays.size() + " arrays", () -> {
            var lengths = new ArrayList<Integer>();
            var addresses = new ArrayList<long[]>();
            for (var a : arrays) {
                lengths.add(a.n());
                addresses.add(new long[] {
                    context.address(a.w()),
                    context.address(a.gradient()),
                    context.address(a.firstMoment()),
                    context.address(a.secondMoment())
                });
            }
            long at = context.address(rates);
            for (var group : Arrays.groups(Collections.unmodifiableList(lengths), addresses)) {
                if (group.blocks() > 0) {
                    group.give(launcher.begin());
                    launcher.withAddress(at).with(gate).launch("adam_many", group.blocks(), 1, THREADS, 1);
                }
                at += 4L * RATES * Arrays.MOST;
            }
        });
    }

    @Override
    public void ema(double decay, List<EmaArrays> arrays, Storage gate) {
        context.run("ema", arrays.size() + " arrays", () -> {
            var lengths = arrays.stream().map(EmaArrays::n).toList();
            var addresses = arrays.stream()
                    .map(a -> new long[] {context.address(a.w()), context.address(a.average())})
                    .toList();
            for (var group : Arrays.groups(lengths, addresses)) {
                if (group.blocks() > 0) {
                    group.give(launcher.begin());
                    launcher.with((float) decay)
                            .with((float) (1 - decay))
                            .with(gate)
                            .launch("ema_many", group.blocks(), 1, THREADS, 1);
                }
            }
        });
    }

    @Override
    public Reading read(Storage storage) {
        return context.readLater(storage);
    }

    @Override
    public Optional<Repeated> repeated() {
        return records && !context.isDebugging() ? Optional.of(new RecordedWork(context)) : Optional.empty();
    }
}
