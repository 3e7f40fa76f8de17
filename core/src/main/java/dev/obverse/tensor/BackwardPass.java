package dev.obverse.tensor;

import dev.obverse.autograd.NoGrad;
import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.OuterProducts;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.op.Call;
import dev.obverse.tensor.op.Strides;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One sweep of reverse-mode differentiation.
 *
 * <p>Calls are visited in the reverse order of recording, which is a topological order and the same every run, so sums
 * of gradients have a fixed order. A gradient's memory goes back to the pool as soon as the call that consumed it is
 * done; one block may stand for several gradients at once (both inputs of an addition), so uses are counted.
 */
final class BackwardPass {
    private final Map<Tensor, Storage> pending = new LinkedHashMap<>();
    private final Map<Storage, Integer> uses = new HashMap<>();
    private final Map<Tensor, OuterProducts> products = new LinkedHashMap<>();

    private BackwardPass() {}

    static void run(Tensor root, Tensor seed, boolean retainGraph) {
        if (!root.requiresGrad()) {
            throw new IllegalStateException(
                    "backward(): nothing that this tensor was computed from requires a gradient,"
                            + " or it was computed while recording was off");
        }
        if (!seed.device().equals(root.device())) {
            throw new IllegalArgumentException(
                    "backward: the gradient is on " + seed.device() + ", the tensor on " + root.device());
        }
        if (!seed.shape().equals(root.shape())) {
            throw new IllegalArgumentException(
                    "backward: the gradient has shape " + seed.shape() + ", the tensor " + root.shape());
        }
        try (var _ = NoGrad.open()) {
            new BackwardPass().sweep(root, seed, retainGraph);
        }
    }

    private void sweep(Tensor root, Tensor seed, boolean retainGraph) {
        hold(root, seed.storage());
        borrow(seed.storage());
        for (var call : callsLatestFirst(root)) {
            var output = call.recordedResult();
            var gradient = finish(output);
            if (gradient == null) {
                continue;
            }
            for (var block : call.backward(gradient, new Gradients(call, gradient))) {
                if (!uses.containsKey(block)) {
                    TensorScope.releaseEarly(block, "it was scratch memory of a backward pass");
                }
            }
            drop(gradient);
            if (!retainGraph) {
                call.markUsed();
            }
        }
        products.forEach(Tensor::addOuterProducts);
        for (var leaf : List.copyOf(pending.keySet())) {
            var gradient = finish(leaf);
            if (gradient != null) {
                drop(gradient);
            }
        }
    }

    private static List<Call> callsLatestFirst(Tensor root) {
        var calls = new ArrayList<Call>();
        Set<Call> seen = new HashSet<>();
        var open = new ArrayDeque<Tensor>(List.of(root));
        while (!open.isEmpty()) {
            var call = open.pop().history;
            if (call != null && seen.add(call)) {
                if (call.isUsed()) {
                    throw new IllegalStateException(
                            "backward(): the graph was used up at " + call.op().name()
                                    + " by an earlier backward(); call backwardRetainingGraph() the first time");
                }
                calls.add(call);
                for (int i = 0; i < call.inputCount(); i++) {
                    open.push(call.input(i));
                }
            }
        }
        calls.sort(Comparator.comparingLong(Call::sequence).reversed());
        return calls;
    }

    static Set<Tensor> leaves(Tensor root) {
        Set<Tensor> leaves = new LinkedHashSet<>();
        if (root.history == null && root.requiresGrad()) {
            leaves.add(root);
        }
        for (var call : callsLatestFirst(root)) {
            for (int i = 0; i < call.inputCount(); i++) {
                if (call.input(i).history == null && call.wants(i)) {
                    leaves.add(call.input(i));
                }
            }
        }
        return leaves;
    }

    /** Takes a tensor's complete gradient, runs its hooks, and stores it where somebody will ask for it. */
    @SuppressWarnings("ReferenceEquality") // whether the hook returned the very block it was given
    private @Nullable Storage finish(Tensor tensor) {
        var gradient = pending.remove(tensor);
        if (gradient == null) {
            return null;
        }
        if (!tensor.hooks().isEmpty()) {
            borrow(gradient); // a hook may keep what it is shown
        }
        for (var hook : tensor.hooks()) {
            var replaced = hook.apply(new Tensor(tensor.shape(), gradient, tensor.backend()));
            if (!replaced.shape().equals(tensor.shape())) {
                throw new IllegalStateException("A gradient hook returned shape " + replaced.shape()
                        + " for a tensor of shape " + tensor.shape());
            }
            if (replaced.storage() != gradient) {
                drop(gradient);
                gradient = replaced.storage();
                uses.merge(gradient, 1, Integer::sum);
                borrow(gradient);
            }
        }
        if (tensor.history == null || tensor.retainsGrad()) {
            store(tensor, gradient);
        }
        return gradient;
    }

    private void store(Tensor tensor, Storage gradient) {
        var earlier = tensor.grad();
        if (earlier != null) {
            tensor.backend().elementwise().accumulate(gradient, earlier.storage(), tensor.size());
            return;
        }
        boolean mine = uses.getOrDefault(gradient, 0) == 1 && tensor.history == null;
        var own = mine ? gradient : copy(tensor, gradient);
        if (mine) {
            uses.merge(gradient, 1, Integer::sum);
        }
        TensorScope.detach(own);
        tensor.setGrad(new Tensor(tensor.shape(), own, tensor.backend()));
    }

    private void add(Tensor input, Storage gradient) {
        var earlier = pending.get(input);
        if (earlier == null) {
            hold(input, gradient);
            return;
        }
        uses.merge(gradient, 1, Integer::sum);
        if (uses.getOrDefault(earlier, 0) == 1) {
            input.backend().elementwise().accumulate(gradient, earlier, input.size());
        } else {
            var sum = copy(input, earlier);
            input.backend().elementwise().accumulate(gradient, sum, input.size());
            drop(earlier);
            hold(input, sum);
        }
        drop(gradient);
    }

    /** Gradients as one call sees them. */
    private final class Gradients implements Call.Gradients {
        private final Call call;
        private final Storage result;

        Gradients(Call call, Storage result) {
            this.call = call;
            this.result = result;
        }

        @Override
        public void accept(int input, Storage gradient) {
            add(call.input(input), gradient);
        }

        @Override
        public @Nullable Storage sumSoFar(int input) {
            var earlier = pending.get(call.input(input));
            return earlier != null && uses.getOrDefault(earlier, 0) == 1 ? earlier : null;
        }

        @Override
        public boolean accept(int input, OuterProducts gradient) {
            var leaf = call.input(input);
            var earlier = products.get(leaf);
            int rows = gradient.rows() + (earlier == null ? 0 : earlier.rows());
            if (leaf.history != null
                    || !leaf.hooks().isEmpty()
                    || pending.containsKey(leaf)
                    || !(leaf.backend().optimizer() instanceof OuterProductKernels kernels)
                    || !kernels.keepsOuterProducts(rows, gradient.m(), gradient.n())) {
                return false;
            }
            products.put(leaf, OuterProductGradient.copy(leaf.backend(), earlier, gradient));
            return true;
        }

        @Override
        public boolean resultIsSpare() {
            return uses.getOrDefault(result, 0) == 1;
        }
    }

    private static Storage copy(Tensor like, Storage source) {
        var memory = like.backend().memory();
        var copy = memory.allocate(like.size());
        TensorScope.register(copy, like.backend(), "backward");
        like.backend().index().copy(Strides.dense(like.size()), source, copy);
        return copy;
    }

    private void hold(Tensor tensor, Storage gradient) {
        pending.put(tensor, gradient);
        uses.merge(gradient, 1, Integer::sum);
    }

    /** Memory that belongs to the user: one use is never dropped, so it is neither given back nor added to. */
    private void borrow(Storage gradient) {
        uses.merge(gradient, 1, Integer::sum);
    }

    private void drop(Storage gradient) {
        int left = uses.merge(gradient, -1, Integer::sum);
        if (left == 0) {
            uses.remove(gradient);
            TensorScope.releaseEarly(gradient, "it was an intermediate gradient that backward has used");
        }
    }
}
