package dev.obverse.nn.loss;

import static dev.obverse.nn.Golden.assertClose;
import static dev.obverse.nn.Thrown.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.Golden;
import dev.obverse.nn.ModuleGradientCheck;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarginHeadTest {
    private static MarginHead head(String name, double scale) {
        var random = new Philox(1);
        return switch (name) {
            case "arcface" -> new ArcFace(5, 4, scale, 0.5, false, random);
            case "arcfaceEasy" -> new ArcFace(5, 4, scale, 0.5, true, random);
            default -> new CosFace(5, 4, scale, 0.35, random);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"arcface", "arcfaceEasy", "cosface"})
    void logitsAndGradientAreTheReferenceImplementations(String name) {
        var golden = Golden.of(name);
        var head = head(name, golden.number("scale"));
        head.to(Device.reference());
        head.parameters().get(0).value().set(Golden.reference(golden.numbers("weight"), 4, 5));
        var embeddings = Golden.reference(golden.numbers("embeddings"), 6, 5).requiresGrad(true);
        var labels = golden.integers("labels");
        var logits = head.logits(embeddings, labels);
        assertClose(golden.numbers("logits"), logits.toDoubleArray(), 1e-12);
        Functional.crossEntropy(logits, labels).backward();
        var gradient = embeddings.grad();
        assertNotNull(gradient);
        assertClose(golden.numbers("gradient"), gradient.toDoubleArray(), 1e-10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arcface", "arcfaceEasy", "cosface"})
    void gradientsAgreeWithCentralDifferences(String name) {
        var golden = Golden.of(name);
        var head = head(name, 4);
        var labels = golden.integers("labels");
        ModuleGradientCheck.of(
                        head,
                        in -> Functional.crossEntropy(head.logits(in.get(0), labels), labels),
                        Golden.reference(golden.numbers("embeddings"), 6, 5))
                .verify();
    }

    @ParameterizedTest
    @ValueSource(strings = {"arcface", "arcfaceEasy", "cosface"})
    void anAngleOfZeroOrHalfATurnGivesFiniteGradients(String name) {
        var head = head(name, 64);
        var weight = head.parameters().get(0).value();
        weight.set(new float[] {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0});
        var embeddings = Tensor.of(
                        Device.cpu(), new float[] {3, 0, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0, 0, 0, 0}, Shape.of(3, 5))
                .requiresGrad(true);
        var loss = Functional.crossEntropy(head.logits(embeddings, 0, 1, 2), 0, 1, 2);
        loss.backward();
        assertTrue(Double.isFinite(loss.item()));
        var gradient = embeddings.grad();
        assertNotNull(gradient);
        for (float g : gradient.toArray()) {
            assertTrue(Float.isFinite(g));
        }
    }

    @Test
    void theArcFaceMarginAlwaysMakesTheRightAnswerHarderAndNeverRewardsAWorseOne() {
        var head = new ArcFace(2, 2, new Philox(1));
        double last = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= 400; i++) {
            double cosine = Math.cos(Math.PI * i / 400);
            double harder =
                    head.harder(Golden.reference(new double[] {cosine}, 1, 1)).item();
            // At exactly 0 and pi the sine is held at 3e-4, which is worth 1.5e-4.
            assertTrue(harder <= cosine + 1e-12, "angle " + i);
            assertTrue(harder <= last + 2e-4, "angle " + i);
            last = harder;
        }
    }

    @Test
    void mistakesAreNamed() {
        var head = new ArcFace(5, 4, new Philox(1));
        var x = Tensor.zeros(Device.cpu(), Shape.of(2, 5));
        assertEquals(
                "ArcFace: label 4 is not one of the 4 classes, 0 to 3",
                message(IllegalArgumentException.class, () -> head.logits(x, 0, 4)));
        assertThrows(IllegalArgumentException.class, () -> head.logits(x, 0));
        assertThrows(IllegalArgumentException.class, () -> new ArcFace(5, 4, 64, 2, false, new Philox(1)));
        assertThrows(IllegalArgumentException.class, () -> new CosFace(5, 4, 0, 0.3, new Philox(1)));
    }
}
