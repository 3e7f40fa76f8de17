package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.ModuleGradientCheck;
import dev.obverse.nn.train.GradientReach;
import dev.obverse.nn.train.Loss;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainedRecogniserTest {
    @TempDir
    Path folder;

    private static Tensor faces(int count, int side) {
        return Tensor.rand(Device.cpu(), new Philox(3), Shape.of(count, side, side, 3));
    }

    @Test
    void theDefaultIsSmall() {
        long weights = new SmallNetwork(RecogniserArchitecture.DEFAULT, new Philox(1)).parameterCount();
        assertTrue(weights > 300_000 && weights < 1_000_000, weights + " weights");
    }

    @Test
    void aLossReachesEveryWeight() {
        var network = new SmallNetwork(People.TINY, new Philox(1));
        var direction = Tensor.randn(Device.cpu(), new Philox(2), Shape.of(4, 8));
        var loss = network.forward(faces(4, 16)).mul(direction).sum();
        GradientReach.of(Loss.of("any", loss), network.namedParameters()).verify();
        loss.backward();
        network.namedParameters().forEach((name, p) -> {
            float largest = 0;
            for (float g : Objects.requireNonNull(p.grad(), name).toArray()) {
                largest = Math.max(largest, Math.abs(g));
            }
            assertTrue(largest > 1e-6f, name + " has gradients of at most " + largest);
        });
    }

    @Test
    void gradientsAgreeWithCentralDifferences() {
        var network = new SmallNetwork(new RecogniserArchitecture(16, 1, 2, 1), new Philox(4));
        ModuleGradientCheck.of(network, faces(3, 16)).verify();
    }

    @Test
    void picturesOfAnySizeGiveVectorsWithoutRecording() {
        var recogniser = TrainedRecogniser.untrained(People.TINY, 1);
        for (int side : new int[] {1, 7, 16, 17, 32, 50}) {
            var z = recogniser.embed(faces(2, side));
            assertEquals(Shape.of(2, 8), z.shape());
            assertFalse(z.requiresGrad());
            assertTrue(IntStream.range(0, 16).allMatch(i -> Float.isFinite(z.toArray()[i])));
        }
    }

    @Test
    void aPictureOfTwiceTheSizeIsAveraged() {
        var small = faces(1, 16);
        var values = small.toArray();
        var doubled = new float[32 * 32 * 3];
        for (int i = 0; i < doubled.length; i++) {
            int pixel = i / 3;
            doubled[i] = values[(pixel / 32 / 2 * 16 + pixel % 32 / 2) * 3 + i % 3];
        }
        var recogniser = TrainedRecogniser.untrained(People.TINY, 1);
        assertArrayEquals(
                recogniser.embed(small).toArray(),
                recogniser.embed(Tensor.of(doubled, 1, 32, 32, 3)).toArray(),
                1e-5f);
    }

    @Test
    void whatTheCropLeavesOutDoesNotMatter() {
        var recogniser = TrainedRecogniser.untrained(People.TINY.withCrop(0.5), 1);
        var one = new float[32 * 32 * 3];
        var other = new float[32 * 32 * 3];
        for (int i = 0; i < one.length; i++) {
            int x = i / 3 % 32;
            int y = i / 3 / 32;
            boolean inside = x >= 8 && x < 24 && y >= 8 && y < 24;
            one[i] = inside ? (i * 31 % 97) / 97f : 0;
            other[i] = inside ? one[i] : 1;
        }
        var z = recogniser.embed(Tensor.of(one, 1, 32, 32, 3)).toArray();
        assertArrayEquals(z, recogniser.embed(Tensor.of(other, 1, 32, 32, 3)).toArray());
        other[(16 * 32 + 16) * 3] += 0.5f;
        assertNotEquals(z[0], recogniser.embed(Tensor.of(other, 1, 32, 32, 3)).toArray()[0]);
    }

    @Test
    void otherShapesAreRefused() {
        var recogniser = TrainedRecogniser.untrained(People.TINY, 1);
        for (var shape : new Shape[] {Shape.of(1, 16, 16, 1), Shape.of(1, 16, 12, 3), Shape.of(16, 16, 3)}) {
            var e = assertThrows(
                    IllegalArgumentException.class, () -> recogniser.embed(Tensor.zeros(Device.cpu(), shape)));
            assertTrue(String.valueOf(e.getMessage()).contains("[N,S,S,3]")
                    && String.valueOf(e.getMessage()).contains(shape.toString()));
        }
    }

    @Test
    void manyThreadsMayUseOne() throws Exception {
        var recogniser = TrainedRecogniser.untrained(People.TINY, 1);
        var input = faces(3, 20);
        var expected = recogniser.embed(input).toArray();
        Callable<float[]> work = () -> recogniser.embed(input).toArray();
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (var answer : pool.invokeAll(Collections.nCopies(16, work))) {
                assertArrayEquals(expected, answer.get());
            }
        }
    }

    @Test
    void aSavedOneIsTheSameBitForBit() throws IOException {
        var recogniser = TrainedRecogniser.untrained(People.TINY.withCrop(0.7), 5)
                .withFact("verification", Map.of("auc", 0.5, "people", 3));
        recogniser.save(folder.resolve("r"));
        var loaded = TrainedRecogniser.load(folder.resolve("r"));
        assertEquals(recogniser.name(), loaded.name());
        assertEquals(recogniser.architecture(), loaded.architecture());
        assertEquals(recogniser.fingerprint(), loaded.fingerprint());
        assertEquals(recogniser.facts(), loaded.facts());
        assertArrayEquals(
                recogniser.embed(faces(2, 30)).toArray(),
                loaded.embed(faces(2, 30)).toArray());
    }

    @Test
    void theFingerprintIsThatOfWeightsAndPreprocessing() {
        var one = TrainedRecogniser.untrained(People.TINY, 1);
        assertEquals(64, one.fingerprint().length());
        assertEquals(
                one.fingerprint(), TrainedRecogniser.untrained(People.TINY, 1).fingerprint());
        assertNotEquals(
                one.fingerprint(), TrainedRecogniser.untrained(People.TINY, 2).fingerprint());
        assertNotEquals(
                one.fingerprint(),
                TrainedRecogniser.untrained(People.TINY.withCrop(0.9), 1).fingerprint());
    }

    @Test
    void damagedFoldersAreNamed() throws IOException {
        var missing = assertThrows(IOException.class, () -> TrainedRecogniser.load(folder.resolve("none")));
        assertTrue(String.valueOf(missing.getMessage()).contains("recogniser.json"), missing.getMessage());

        var a = folder.resolve("a");
        TrainedRecogniser.untrained(People.TINY, 1).save(a);
        var b = folder.resolve("b");
        TrainedRecogniser.untrained(People.TINY, 2).save(b);
        Files.copy(b.resolve("model.safetensors"), a.resolve("model.safetensors"), StandardCopyOption.REPLACE_EXISTING);
        assertSays("does not belong|not the file that belongs", a);

        var json = Files.readString(b.resolve("recogniser.json"));
        Files.writeString(b.resolve("recogniser.json"), json.replace("\"width\" : 4", "\"width\" : 8"));
        assertSays("stage1.conv.weight", b);
        Files.writeString(b.resolve("recogniser.json"), json.replace("\"width\" : 4", "\"width\" : 0"));
        assertSays("[Ww]idth", b);
        Files.writeString(b.resolve("recogniser.json"), json.replace("\"width\" : 4", "\"width\" : \"x\""));
        assertSays("[Ww]idth", b);
        Files.writeString(b.resolve("recogniser.json"), "{");
        assertSays("not valid JSON", b);
        Files.writeString(b.resolve("recogniser.json"), "{\"kind\": \"something\"}");
        assertSays("something", b);
        Files.writeString(b.resolve("recogniser.json"), json);
        Files.delete(b.resolve("model.safetensors"));
        assertSays("model.safetensors", b);
    }

    private static void assertSays(String pattern, Path where) {
        var message = String.valueOf(assertThrows(IOException.class, () -> TrainedRecogniser.load(where))
                .getMessage());
        assertTrue(Pattern.compile(pattern).matcher(message).find(), message);
        assertFalse(message.contains("\n"), message);
    }
}
