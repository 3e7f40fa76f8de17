package dev.obverse.drn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.obverse.nn.checkpoint.SafeTensors;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.nn.train.Loss;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two whole training steps against PyTorch in float64; {@code drn_golden.py} made the numbers. */
class GoldenStepTest {
    private static final int SIZE = 32;
    private static final int BATCH = 2;
    private static final int EMBEDDING = 8;
    private static final double SLOPE = 0.2;

    /**
     * @param tolerance relative to the value of a loss, to the largest element of a gradient, and to the length of a
     *     move. PyTorch ran in float64 and stored gradients as float32, so float64 has to agree to rounding; float32
     *     accumulates up to 9 * 64 rounded products a layer through some 30 layers.
     */
    @ParameterizedTest
    @CsvSource({
        "step-paper, SIGNED, 0, IMAGE, reference, 2e-7",
        "step-paper, SIGNED, 0, IMAGE, cpu, 2e-4",
        "step-recommended-losses, SQUARED, 1, IMAGE, reference, 2e-7",
        "step-recommended-losses, SQUARED, 1, IMAGE, cpu, 2e-4",
        "step-residual, SQUARED, 1, RESIDUAL, reference, 2e-7",
        "step-residual, SQUARED, 1, RESIDUAL, cpu, 2e-4"
    })
    void equalsPyTorch(
            String file,
            Objective.Redundancy redundancy,
            double attr,
            Architecture.Output output,
            String device,
            double tolerance)
            throws IOException {
        var golden = Path.of("src/test/resources/dev/obverse/drn", file + ".safetensors");
        try (var scope = TensorScope.open();
                var expected = SafeTensors.open(golden)) {
            var step = new Step(redundancy, attr, output, Device.parse(device));
            for (int number = 1; number <= 2; number++) {
                var loss = step.backward();
                checkLoss(expected, number, loss, tolerance);
                if (number == 1) {
                    checkGradients(expected, step.network, tolerance);
                }
                step.optimizer.step();
            }
            checkMoves(expected, step.network, tolerance);
            assertNotNull(scope);
        }
    }

    private static final class Step {
        final DisentanglingReversingNetwork network;
        final Optimizer optimizer;
        final Objective objective;
        final Device device;

        Step(Objective.Redundancy redundancy, double attr, Architecture.Output output, Device device) {
            this.device = device;
            var paper = DrnConfig.of(DrnConfig.Preset.PAPER);
            var a = paper.architecture()
                    .withSize(SIZE)
                    .withWidth(4)
                    .withEmbedding(EMBEDDING)
                    .withOutput(output);
            var o = paper.optimization();
            objective = new Objective(1, 1, 1, 1, 1, 5, attr, redundancy, Objective.Reduction.MEAN, true, true);
            network = new DisentanglingReversingNetwork(a, 0);
            network.to(device);
            network.namedParameters().forEach((name, p) -> p.value().set(initial(name, p.shape(), device)));
            var groups = List.of(new Optimizer.Group(network.namedParameters(), o.lr(), 0));
            optimizer = new Adam(groups, o.beta1(), o.beta2(), 1e-8);
        }

        Loss backward() {
            optimizer.zeroGrad();
            var original = images("original");
            var recognised = Tensor.of(device, hashed("z_pre", BATCH * EMBEDDING), Shape.of(BATCH, EMBEDDING));
            var loss = new DrnLoss(objective).of(original, recognised, network.forward(original, images("fake")));
            loss.total().backward();
            return loss;
        }

        private Tensor images(String name) {
            var values = hashed(name, BATCH * SIZE * SIZE * 3);
            for (int i = 0; i < values.length; i++) {
                values[i] = (values[i] + 1) / 2;
            }
            return Tensor.of(device, values, Shape.of(BATCH, SIZE, SIZE, 3));
        }
    }

    /** A small bias, or a uniform weight of Kaiming's deviation. */
    private static Tensor initial(String name, Shape shape, Device device) {
        var values = hashed(name, shape.size());
        double scale = 0.1;
        if (shape.rank() > 1) {
            boolean transposed = name.startsWith("decoder.up");
            int fanIn = shape.rank() == 2
                    ? shape.dim(1)
                    : transposed ? shape.dim(2) : shape.dim(0) * shape.dim(1) * shape.dim(2);
            scale = Math.sqrt(3 * 2 / (1 + SLOPE * SLOPE) / fanIn);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        return Tensor.of(device, values, shape);
    }

    private static double[] hashed(String name, int n) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        var values = new double[n];
        for (int i = 0; i < n; i++) {
            long h = (i * 2654435761L + crc.getValue()) & 0xFFFFFFFFL;
            h ^= h >>> 16;
            h = (h * 0x45D9F3BL) & 0xFFFFFFFFL;
            h ^= h >>> 16;
            values[i] = (h >>> 8) / 0x1p23 - 1;
        }
        return values;
    }

    private static double number(SafeTensors golden, String key) {
        var value = golden.metadata().get(key);
        assertNotNull(value, key);
        return Double.parseDouble(value);
    }

    private static void checkLoss(SafeTensors golden, int step, Loss loss, double tolerance) {
        // Adam's first step is lr times the sign of a gradient, so float32 noise moves what the second step sees.
        double loosened = step == 1 ? tolerance : 10 * tolerance;
        for (var term : loss.terms()) {
            double expected = number(golden, "step" + step + "." + term.name());
            assertEquals(expected, term.value().item(), loosened * Math.max(0.1, Math.abs(expected)), term.name());
        }
        double total = number(golden, "step" + step + ".total");
        assertEquals(total, loss.total().item(), loosened * Math.abs(total), "total");
    }

    private static void checkGradients(SafeTensors golden, DisentanglingReversingNetwork network, double tolerance)
            throws IOException {
        if (golden.entries().isEmpty()) {
            return; // this file keeps losses and moves only
        }
        assertEquals(network.namedParameters().size(), golden.entries().size());
        for (var parameter : network.namedParameters().entrySet()) {
            var expected = golden.read("gradient/" + parameter.getKey());
            var gradient = parameter.getValue().grad();
            assertNotNull(gradient, parameter.getKey());
            var actual = gradient.toDoubleArray();
            double largest = 0;
            for (float e : expected) {
                largest = Math.max(largest, Math.abs(e));
            }
            for (int i = 0; i < actual.length; i++) {
                assertEquals(expected[i], actual[i], tolerance * largest, parameter.getKey() + " element " + i);
            }
        }
    }

    private static void checkMoves(SafeTensors golden, DisentanglingReversingNetwork network, double tolerance) {
        network.namedParameters().forEach((name, p) -> {
            var before = initial(name, p.shape(), p.value().device()).toDoubleArray();
            var after = p.value().toDoubleArray();
            var probe = hashed("probe/" + name, before.length);
            double projection = 0;
            for (int i = 0; i < before.length; i++) {
                projection += (after[i] - before[i]) * probe[i];
            }
            double length = number(golden, "length/" + name);
            assertEquals(number(golden, "move/" + name), projection, 50 * tolerance * length, name);
        });
    }
}
