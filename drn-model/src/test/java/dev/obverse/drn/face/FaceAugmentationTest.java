package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.random.Philox;
import dev.obverse.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class FaceAugmentationTest {
    private static final LabelledFaces FACES = People.of(1, 1, 20, 4);

    private static float[] write(FaceAugmentation augmentation, double crop, int size, long seed) {
        var target = new float[size * size * 3 + 2];
        augmentation.write(FACES.pixels().get(0), 20, crop, target, 1, size, new Philox(seed));
        assertEquals(0, target[0] + target[target.length - 1], "only the picture's place is written");
        return Arrays.copyOfRange(target, 1, target.length - 1);
    }

    @Test
    void withoutChangesItIsThePreprocessingOfInference() {
        var picture = Tensor.of(People.image(FACES, 0).rgb(), 1, 20, 20, 3);
        // A crop that is enlarged differs at its rim, where inference does not look beyond it.
        double[][] cases = {{1, 16}, {1, 32}, {0.8, 16}};
        for (var c : cases) {
            int size = (int) c[1];
            var expected = Preprocessing.centre(Preprocessing.fit(picture, c[0], size));
            assertArrayEquals(expected.toArray(), write(FaceAugmentation.NONE, c[0], size, 1), 1e-5f);
        }
    }

    @Test
    void drawsTheSameFromTheSameSeed() {
        assertArrayEquals(write(FaceAugmentation.DEFAULT, 0.7, 16, 1), write(FaceAugmentation.DEFAULT, 0.7, 16, 1));
        assertFalse(Arrays.equals(
                write(FaceAugmentation.DEFAULT, 0.7, 16, 1), write(FaceAugmentation.DEFAULT, 0.7, 16, 2)));
    }

    @Test
    void mirrors() {
        var plain = write(FaceAugmentation.NONE, 1, 20, 1);
        var mirrored = write(new FaceAugmentation(0, 0, 0, 0, 0, 0, 1, 0), 1, 20, 1);
        for (int i = 0; i < plain.length; i++) {
            int pixel = i / 3;
            assertEquals(plain[(pixel / 20 * 20 + 19 - pixel % 20) * 3 + i % 3], mirrored[i], 1e-5f);
        }
    }

    @Test
    void blursInsideTheBorderOnly() {
        var plain = write(FaceAugmentation.NONE, 1, 20, 1);
        var blurred = write(new FaceAugmentation(0, 0, 0, 0, 0, 0, 0, 1), 1, 20, 1);
        int[] weights = {1, 2, 1};
        double expected = 0;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                expected += weights[dy + 1] * weights[dx + 1] * plain[((9 + dy) * 20 + 5 + dx) * 3 + 1] / 16.0;
            }
        }
        assertEquals(expected, blurred[(9 * 20 + 5) * 3 + 1], 1e-5);
        assertEquals(plain[1], blurred[1]);
        assertTrue(!Arrays.equals(plain, blurred));
    }

    @Test
    void lightensByAtMostTheAmountAsked() {
        var plain = write(FaceAugmentation.NONE, 1, 20, 1);
        boolean changed = false;
        for (int seed = 0; seed < 20; seed++) {
            var other = write(new FaceAugmentation(0, 0, 0, 0.1, 0, 0, 0, 0), 1, 20, seed);
            float by = other[0] - plain[0];
            changed |= Math.abs(by) > 0.02;
            assertTrue(Math.abs(by) <= 0.2 + 1e-6); // the range [0,1] has become [-1,1]
            for (int i = 0; i < plain.length; i++) {
                assertEquals(by, other[i] - plain[i], 1e-5f);
            }
        }
        assertTrue(changed);
    }
}
