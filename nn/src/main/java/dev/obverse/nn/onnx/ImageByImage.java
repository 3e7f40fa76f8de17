package dev.obverse.nn.onnx;

import dev.obverse.nn.onnx.op.Value;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The convolutions that a graph begins with, done for one image of a batch after the other: what lies between them then
 * stays in the caches, where that of a whole batch would go to memory and back. Images do not know of each other, so
 * the results are those of the whole batch, up to rounding.
 *
 * @param steps number of such steps
 * @param input slot of the images
 * @param results slots that later steps, or the caller, read
 */
record ImageByImage(int steps, int input, int[] results) {
    /** Fewer steps are not worth taking a batch apart. */
    private static final int ENOUGH = 4;

    /** Weights are read anew for each image: as many as a third-level cache keeps. */
    private static final long MOST_WEIGHTS = 1 << 22;

    /** Elements of one value of a batch that the second-level caches of two cores keep anyway. */
    private static final long IN_CACHE = 1 << 19;

    /** The steps of {@code plan} for which that may pay; null if there are none. */
    static @Nullable ImageByImage of(OnnxModule.Plan plan, long weights) {
        if (plan.inputSlots().length != 1 || plan.inputSlots()[0] < 0 || weights > MOST_WEIGHTS) {
            return null;
        }
        var ours = new HashSet<Integer>();
        ours.add(plan.inputSlots()[0]);
        int count = 0;
        while (count < plan.steps().size() && isOurs(plan.steps().get(count), ours)) {
            ours.add(plan.steps().get(count).outputs()[0]);
            count++;
        }
        if (count < ENOUGH) {
            return null;
        }
        int steps = count;
        var results = ours.stream()
                .mapToInt(Integer::intValue)
                .filter(slot -> slot != plan.inputSlots()[0] && plan.lastUse()[slot] >= steps)
                .sorted()
                .toArray();
        return new ImageByImage(steps, plan.inputSlots()[0], results);
    }

    /** A convolution with constant weights, of nothing but the image and what other such steps made of it. */
    private static boolean isOurs(OnnxModule.Placed placed, Set<Integer> ours) {
        if (!placed.isConvolution() || placed.outputs()[0] < 0 || placed.inputs()[0] < 0) {
            return false;
        }
        for (int slot : placed.inputs()) {
            if (slot >= 0 && !ours.contains(slot)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it can be done for this input. */
    boolean fits(Device device, Value images) {
        return device.equals(Device.cpu()) && images.rank() >= 3 && images.dim(0) > 1;
    }

    /** Computes the results from {@code images} and puts them among {@code values}, in the scope that is open. */
    void run(OnnxModule module, Device device, @Nullable Value[] values, Value images) {
        int n = images.dim(0);
        var parts = new ArrayList<List<Tensor>>();
        var like = new Value[results.length];
        for (int r = 0; r < results.length; r++) {
            parts.add(new ArrayList<>());
        }
        int together = 1;
        for (int done = 0; done < n; ) {
            int from = done;
            int to = Math.min(n, done + together);
            var own = values.clone();
            try (var scope = TensorScope.open()) {
                var some = images.map(stored -> stored.slice(0, from, to, 1));
                own[input] = some;
                long largest = module.steps(0, steps, scope, device, own, some);
                for (int r = 0; r < results.length; r++) {
                    like[r] = Objects.requireNonNull(own[results[r]]);
                    parts.get(r).add(scope.keep(like[r].stored()));
                }
                // The first image tells how large the values are.
                together = n * largest > IN_CACHE ? 1 : n;
            }
            done = to;
        }
        for (int r = 0; r < results.length; r++) {
            values[results[r]] = like[r].with(Functional.concat(0, parts.get(r).toArray(Tensor[]::new)));
        }
    }
}
