package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FaceSwapTest {
    private static final int SIZE = 96;

    private static FaceSwap.Swapped swap(FaceSwap how, int n) {
        return how.apply(
                FaceIdentity.random(new SplittableRandom(n)),
                FaceIdentity.random(new SplittableRandom(n + 1000)),
                FaceAttributes.random(new SplittableRandom(n)),
                SIZE,
                new SplittableRandom(n));
    }

    @Test
    void sameSeedSameSwap() {
        assertArrayEquals(
                swap(FaceSwap.DEFAULT, 1).fake().rgb(),
                swap(FaceSwap.DEFAULT, 1).fake().rgb());
    }

    @Test
    void outsideTheMaskOnlyCompressionShows() {
        for (int n = 0; n < 20; n++) {
            var swapped = swap(FaceSwap.DEFAULT, n);
            double sum = 0;
            int count = 0;
            for (int i = 0; i < SIZE * SIZE; i++) {
                if (farFromMask(swapped.weight(), i % SIZE, i / SIZE)) {
                    sum += Pictures.difference(swapped.original().image(), swapped.fake(), i);
                    count++;
                }
            }
            assertTrue(count > SIZE * SIZE / 4, "only " + count + " pixels lie outside");
            double mean = sum / count;
            assertTrue(mean < 0.04, "mean difference outside the mask is " + mean);
        }
    }

    /** Chroma is stored at half resolution in blocks of 8, so the mask can show 16 pixels from where it ends. */
    private static boolean farFromMask(float[] weight, int x, int y) {
        int left = x / 16 * 16;
        int top = y / 16 * 16;
        for (int v = top; v < top + 16; v++) {
            for (int u = left; u < left + 16; u++) {
                if (weight[v * SIZE + u] > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void theInnerFaceIsTheDonors() {
        for (int n = 0; n < 20; n++) {
            var swapped = swap(FaceSwap.DEFAULT, n);
            double most = 0;
            for (int i = 0; i < SIZE * SIZE; i++) {
                most = Math.max(most, swapped.weight()[i]);
                assertTrue(swapped.weight()[i] <= swapped.original().innerFace()[i] + 1e-6);
            }
            assertTrue(most > 0.6 && most < 0.9, "the donor's largest share is " + most);
        }
    }

    @Test
    void theMoreStaysTheSmallerTheChange() {
        double before = 0;
        for (double residual : new double[] {0, 0.25, 0.5, 1}) {
            double sum = 0;
            for (int n = 0; n < 10; n++) {
                var swapped = swap(FaceSwap.DEFAULT.withResidual(residual), n);
                sum += Pictures.psnr(swapped.original().image(), swapped.fake());
            }
            assertTrue(sum > before, "residual " + residual + ": " + sum / 10 + " dB");
            before = sum;
        }
    }

    @Test
    void aSwapIsAsFarFromTheOriginalAsRealOnesAre() {
        double sum = 0;
        for (int n = 0; n < 40; n++) {
            var swapped = swap(FaceSwap.DEFAULT, n);
            sum += Pictures.psnr(swapped.original().image(), swapped.fake()) / 40;
        }
        assertTrue(sum > 22 && sum < 31, "do-nothing PSNR is " + sum + " dB");
    }

    @Test
    void optionsAreChecked() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> FaceSwap.DEFAULT.withResidual(1.5));
        assertEquals("residual must be 0 to 1, not 1.5", thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new FaceSwap(0, 0, 0, 1, 0.9, 0.5));
        assertThrows(IllegalArgumentException.class, () -> new FaceSwap(0, 0, 0, 0, 0.5, 0.5));
        assertThrows(IllegalArgumentException.class, () -> FaceSwap.DEFAULT.withResidual(Double.NaN));
    }
}
