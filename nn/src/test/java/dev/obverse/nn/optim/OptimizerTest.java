package dev.obverse.nn.optim;

import static dev.obverse.nn.Golden.assertClose;
import static dev.obverse.nn.Thrown.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.Golden;
import dev.obverse.nn.Module;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.TrainState;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.optim.Optimizer.Group;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {
    private static final class Weights extends Module {
        final Parameter weight;

        Weights(double[] initial) {
            weight = parameter("weight", Golden.reference(initial, initial.length));
        }
    }

    private static Optimizer optimizer(String name, Module model) {
        var parameters = model.namedParameters();
        return switch (name) {
            case "sgd" -> new SGD(List.of(new Group(parameters, 0.1, 0.01)), 0.9, false);
            case "sgdPlain" -> new SGD(parameters, 0.1, 0);
            case "sgdNesterov" -> new SGD(List.of(new Group(parameters, 0.1, 0)), 0.9, true);
            case "adam" -> new Adam(List.of(new Group(parameters, 0.02, 0.1)), 0.5, 0.999, 1e-8);
            default -> new AdamW(List.of(new Group(parameters, 0.02, 0.1)), 0.9, 0.999, 1e-8);
        };
    }

    private static void gradient(Parameter p, double[] values) {
        p.value().setGrad(Tensor.of(p.value().device(), values, p.shape()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "sgdPlain", "sgdNesterov", "adam", "adamW"})
    void fiveStepsArePyTorchs(String name) {
        var golden = Golden.of(name);
        var model = new Weights(golden.numbers("initial"));
        var optimizer = optimizer(name, model);
        for (int k = 0; k < 5; k++) {
            gradient(model.weight, golden.numbers("gradients", k));
            optimizer.step();
            assertClose(golden.numbers("weights", k), model.weight.value().toDoubleArray(), 1e-12);
        }
        assertEquals(5, optimizer.steps());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "sgdNesterov", "adam", "adamW"})
    void aRestoredOptimizerGoesOnBitForBit(String name) {
        var golden = Golden.of(name);
        var model = new Weights(golden.numbers("initial"));
        var optimizer = optimizer(name, model);
        for (int k = 0; k < 2; k++) {
            gradient(model.weight, golden.numbers("gradients", k));
            optimizer.step();
        }
        var saved = copy(optimizer.state());
        var other = new Weights(model.weight.value().toDoubleArray());
        var resumed = optimizer(name, other);
        resumed.restore(saved);
        assertEquals(2, resumed.steps());
        for (int k = 2; k < 5; k++) {
            gradient(model.weight, golden.numbers("gradients", k));
            gradient(other.weight, golden.numbers("gradients", k));
            optimizer.step();
            resumed.step();
            assertArrayEquals(
                    model.weight.value().toDoubleArray(), other.weight.value().toDoubleArray());
        }
    }

    private static TrainState copy(TrainState state) {
        var tensors = new LinkedHashMap<String, Tensor>();
        state.tensors().forEach((n, t) -> tensors.put(n, Tensor.of(t.device(), t.toDoubleArray(), t.shape())));
        return new TrainState(tensors, state.metadata());
    }

    @Test
    void stateIsNamedAsInPyTorch() {
        var model = new Linear(2, 1, new Philox(1));
        var optimizer = new Adam(model.namedParameters(), 0.1);
        assertTrue(optimizer.state().tensors().isEmpty());
        model.parameters().forEach(p -> gradient(p, new double[p.shape().size()]));
        optimizer.step();
        assertEquals(
                List.of("weight.exp_avg", "weight.exp_avg_sq", "bias.exp_avg", "bias.exp_avg_sq"),
                List.copyOf(optimizer.state().tensors().keySet()));
        var sgd = new SGD(model.namedParameters(), 0.1, 0.9);
        assertThrows(IllegalArgumentException.class, () -> sgd.restore(optimizer.state()));
    }

    @Test
    void stateOutlivesTheScopeOfTheStep() {
        var model = new Linear(2, 1, new Philox(1));
        var optimizer = new Adam(model.namedParameters(), 0.1);
        for (int i = 0; i < 2; i++) {
            try (var _ = TensorScope.open()) {
                model.forward(Tensor.zeros(Device.cpu(), Shape.of(1, 2))).sum().backward();
                optimizer.step();
                optimizer.zeroGrad();
            }
        }
        optimizer.state().tensors().values().forEach(t -> assertNull(t.storage().released()));
    }

    @Test
    void aParameterWithoutGradientIsNamedAndNothingChanges() {
        var model = new Sequential(new Linear(2, 2, new Philox(1)), new Linear(2, 2, new Philox(2)));
        var optimizer = new Adam(model.namedParameters(), 0.1);
        gradient(model.parameter("0.weight"), new double[] {1, 1, 1, 1});
        var before = model.parameter("0.weight").value().toArray();
        assertEquals(
                "step(): no gradient has reached 0.bias, 1.weight, 1.bias; call backward() first, use the parameter in"
                        + " the loss, or freeze it",
                message(IllegalStateException.class, optimizer::step));
        assertArrayEquals(before, model.parameter("0.weight").value().toArray());
        assertEquals(0, optimizer.steps());
    }

    @Test
    void frozenParametersAreLeftAloneAndStartFreshWhenUnfrozen() {
        var model = new Weights(new double[] {1});
        var frozen = new Weights(new double[] {1});
        SequencedMap<String, Parameter> both = new LinkedHashMap<>();
        both.put("a", model.weight);
        both.put("b", frozen.weight);
        var optimizer = new Adam(both, 0.1);
        frozen.freeze();
        for (int i = 0; i < 50; i++) {
            gradient(model.weight, new double[] {1});
            optimizer.step();
        }
        assertEquals(1, frozen.weight.value().item());
        frozen.unfreeze();
        gradient(frozen.weight, new double[] {7});
        optimizer.step();
        // Adam's first step is the learning rate, whatever the gradient; a shared step count would make it 7 times
        // less.
        assertEquals(0.9, frozen.weight.value().item(), 1e-8);
    }

    @Test
    void groupsHaveRatesOfTheirOwnThatFactorsScale() {
        var a = new Weights(new double[] {0});
        var b = new Weights(new double[] {0});
        SequencedMap<String, Parameter> first = new LinkedHashMap<>();
        first.put("a", a.weight);
        SequencedMap<String, Parameter> second = new LinkedHashMap<>();
        second.put("b", b.weight);
        var optimizer = new SGD(List.of(new Group(first, 0.1, 0), new Group(second, 1, 0)), 0, false);
        gradient(a.weight, new double[] {8});
        gradient(b.weight, new double[] {8});
        optimizer.step(0.5, 0.25);
        assertEquals(-0.1 * 0.5 * 2, a.weight.value().item(), 1e-15);
        assertEquals(-1 * 0.5 * 2, b.weight.value().item(), 1e-15);
        optimizer.zeroGrad();
        assertNull(a.weight.grad());
        var twice = List.of(new Group(first, 0.1, 0), new Group(first, 0.1, 0));
        assertEquals(
                "Optimizer: parameter 'a' is given twice",
                message(IllegalArgumentException.class, () -> new SGD(twice, 0, false)));
    }

    @Test
    void impossibleOptionsAreRefused() {
        var parameters = new Weights(new double[] {0}).namedParameters();
        assertThrows(IllegalArgumentException.class, () -> new Group(parameters, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(parameters, 1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new SGD(new LinkedHashMap<>(), 1, 0));
        assertThrows(
                IllegalArgumentException.class, () -> new Adam(List.of(new Group(parameters, 1, 0)), 1, 0.9, 1e-8));
    }

    private static Tensor weight(Module model) {
        return Objects.requireNonNull(model.namedParameters().get("weight")).value();
    }

    /** The same bits with the gradient of a large weight as outer products and, because somebody looked, computed. */
    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adam", "adamW"})
    void aGradientNeedNotBeComputed(String name) {
        var kept = new Linear(1600, 1400, new Philox(1));
        var computed = new Linear(1600, 1400, new Philox(1));
        var norms = new double[2];
        for (var model : List.of(kept, computed)) {
            var optimizer = optimizer(name, model);
            var x = Tensor.randn(Device.cpu(), new Philox(2), Shape.of(3, 1600));
            for (int step = 0; step < 2; step++) {
                optimizer.zeroGrad();
                model.forward(x).square().mean().backward();
                var weight = weight(model);
                assertTrue(weight.outerProducts() != null, "kept as outer products");
                if (model == computed) {
                    assertTrue(weight.grad() != null, "read");
                }
                norms[model == kept ? 0 : 1] =
                        GradientClip.norm(model.namedParameters().values());
                optimizer.step(1, 0.5);
            }
        }
        assertEquals(norms[1], norms[0], 1e-6 * norms[1]);
        assertArrayEquals(weight(computed).toArray(), weight(kept).toArray(), "looking at a gradient changes no step");
    }
}
