package dev.obverse.nn;

import static dev.obverse.nn.Thrown.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Dropout;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModuleTest {
    /** Two convolutions with everything a module can own between them. */
    private static final class Net extends Layer {
        private final Sequential stage1 = child("stage1", new Sequential());
        private final Linear head;

        Net(Philox random) {
            stage1.add("conv1", new Conv2d(2, 3, 3, random))
                    .add("norm", new BatchNorm(3))
                    .add("drop", new Dropout(0.5, random))
                    .add("flat", new Flatten());
            head = child("head", new Linear(3 * 4 * 4, 2, random));
        }

        @Override
        public Tensor forward(Tensor x) {
            return head.forward(stage1.forward(x));
        }
    }

    private static Tensor image(Device device) {
        return Tensor.rand(device, new Philox(3), Shape.of(2, 4, 4, 2));
    }

    @Test
    void namesArePathsInTheOrderOfDeclaration() {
        var net = new Net(new Philox(1));
        assertEquals(
                List.of(
                        "stage1.conv1.weight",
                        "stage1.conv1.bias",
                        "stage1.norm.weight",
                        "stage1.norm.bias",
                        "head.weight",
                        "head.bias"),
                List.copyOf(net.namedParameters().keySet()));
        assertEquals(
                List.of("stage1.norm.running_mean", "stage1.norm.running_var"),
                List.copyOf(net.namedBuffers().keySet()));
        assertEquals(
                List.of("stage1.drop.random"), List.copyOf(net.namedGenerators().keySet()));
        assertEquals(54 + 3 + 6 + 96 + 2, net.parameterCount());
    }

    @Test
    void theTextIsATreeWithSizes() {
        assertEquals("""
            Net 161
              stage1: Sequential 63
                conv1: Conv2d(2 -> 3, kernel 3x3) 57
                norm: BatchNorm(3) 6
                drop: Dropout(p 0.5)
                flat: Flatten
              head: Linear(48 -> 2) 98\
            """, new Net(new Philox(1)).toString());
    }

    @Test
    void aNameIsTakenOnce() {
        var sequential = new Sequential(new Flatten());
        var e = message(IllegalArgumentException.class, () -> sequential.add("0", new Flatten()));
        assertEquals("Sequential: the name '0' is already taken in this module; choose another", e);
        assertThrows(IllegalArgumentException.class, () -> sequential.add("a.b", new Flatten()));
        assertThrows(IllegalArgumentException.class, () -> sequential.add("", new Flatten()));
        assertThrows(IllegalArgumentException.class, () -> sequential.add("me", sequential));
    }

    @Test
    void aSharedPartIsListedOnce() {
        var shared = new Linear(2, 2, new Philox(1));
        var twice = new Sequential(shared, shared);
        assertEquals(
                List.of("0.weight", "0.bias"),
                List.copyOf(twice.namedParameters().keySet()));
        assertEquals(6, twice.parameterCount());
    }

    @Test
    void modesReachEveryPart() {
        var net = new Net(new Philox(1));
        assertTrue(net.isTraining());
        net.eval();
        assertFalse(net.stage1.children().values().stream().anyMatch(Module::isTraining));
        net.train();
        assertTrue(net.stage1.children().values().stream().allMatch(Module::isTraining));
    }

    @Test
    void frozenParametersGetNoGradient() {
        var net = new Net(new Philox(1));
        net.stage1.freeze();
        net.forward(image(Device.cpu())).sum().backward();
        assertNull(net.parameter("stage1.conv1.weight").grad());
        assertNotNull(net.head.parameter("weight").grad());
        net.zeroGrad();
        assertNull(net.head.parameter("weight").grad());
        net.unfreeze();
        net.forward(image(Device.cpu())).sum().backward();
        assertNotNull(net.parameter("stage1.conv1.weight").grad());
    }

    @Test
    void parametersAndTheirGradientsOutliveTheScopeTheyAreMadeIn() {
        Net net;
        try (var _ = TensorScope.open()) {
            net = new Net(new Philox(1));
            net.forward(image(Device.cpu())).sum().backward();
        }
        net.parameters().forEach(p -> {
            assertNull(p.value().storage().released());
            assertNotNull(p.grad());
            assertEquals(p.shape().size(), p.grad().toArray().length);
        });
        net.namedBuffers().values().forEach(b -> assertEquals(3, b.value().toArray().length));
    }

    @Test
    void movingKeepsValuesAndFrozenness() {
        var net = new Net(new Philox(1));
        net.head.freeze();
        var before = net.parameter("head.weight").value().toArray();
        Parameter weight = net.parameter("head.weight");
        try (var _ = TensorScope.open()) {
            net.to(Device.reference());
        }
        assertSame(weight, net.parameter("head.weight"));
        assertEquals(Device.reference(), weight.value().device());
        assertTrue(weight.isFrozen());
        assertFalse(net.parameter("stage1.conv1.bias").isFrozen());
        assertArrayEquals(before, weight.value().toArray());
        assertEquals(Shape.of(2, 2), net.forward(image(Device.reference())).shape());
    }

    @Test
    void evalIsTheSameOnManyThreadsAndChangesNothing() throws Exception {
        var net = new Net(new Philox(1));
        net.forward(image(Device.cpu()));
        net.eval();
        var x = image(Device.cpu());
        var expected = net.forward(x).toArray();
        var state = copy(net.state());
        Callable<float[]> infer = () -> {
            try (var _ = NoGrad.open();
                    var _ = TensorScope.open()) {
                return net.forward(x).toArray();
            }
        };
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var answer :
                    threads.invokeAll(Stream.generate(() -> infer).limit(16).toList())) {
                assertArrayEquals(expected, answer.get());
            }
        }
        state.tensors()
                .forEach((name, t) -> assertArrayEquals(
                        t.toArray(), net.state().tensors().getOrDefault(name, x).toArray(), name));
        assertEquals(state.metadata(), net.state().metadata());
    }

    private static TrainState copy(TrainState state) {
        var tensors = new LinkedHashMap<String, Tensor>();
        state.tensors().forEach((name, t) -> tensors.put(name, Tensor.of(t.device(), t.toDoubleArray(), t.shape())));
        return new TrainState(tensors, state.metadata());
    }

    @Test
    void aRestoredModuleGoesOnAsTheSavedOne() {
        var net = new Net(new Philox(1));
        net.forward(image(Device.cpu()));
        var saved = copy(net.state());
        var other = new Net(new Philox(2));
        other.restore(saved);
        assertArrayEquals(
                net.forward(image(Device.cpu())).toArray(),
                other.forward(image(Device.cpu())).toArray());
        assertEquals(net.state().metadata(), other.state().metadata());
    }

    @Test
    void aForeignStateIsRefusedByNameBeforeAnythingChanges() {
        var linear = new Linear(3, 2, new Philox(1));
        var before = linear.parameter("weight").value().toArray();
        var other = new Linear(3, 2, false, Init.constant(1), new Philox(1));
        assertEquals(
                "The saved state lacks 'bias' of shape [2]",
                message(IllegalArgumentException.class, () -> linear.restore(other.state())));
        assertTrue(message(IllegalArgumentException.class, () -> other.restore(linear.state()))
                .contains("'bias', which does not exist here"));
        var wide = new Linear(4, 2, new Philox(1));
        assertEquals(
                "The saved state has 'weight' of shape [2,4], but here it has shape [2,3]",
                message(IllegalArgumentException.class, () -> linear.restore(wide.state())));
        assertArrayEquals(before, linear.parameter("weight").value().toArray());
    }
}
