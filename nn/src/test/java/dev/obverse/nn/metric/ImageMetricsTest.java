package dev.obverse.nn.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageMetricsTest {
    /** One line of golden.json, which src/test/python/metrics_golden.py made with scikit-image. */
    record Golden(
            int height,
            int width,
            int channels,
            double amplitude,
            int levels,
            double psnr,
            double ssimGaussian,
            double ssimUniform) {
        Shape shape() {
            return Shape.of(height, width, channels);
        }

        float[] image() {
            return quantise(plain());
        }

        float[] reference() {
            var values = plain();
            var noise = noise(values.length, 2);
            for (int i = 0; i < values.length; i++) {
                values[i] += amplitude * (noise[i] - 0.5);
            }
            return quantise(values);
        }

        private double[] plain() {
            var values = noise(shape().size(), 1);
            for (int i = 0; i < values.length; i++) {
                int c = i % channels;
                int x = i / channels % width;
                int y = i / channels / width;
                values[i] = 0.7 * ((3 * x + 5 * y + 40 * c) % 97 / 97.0) + 0.3 * values[i];
            }
            return values;
        }

        private float[] quantise(double[] values) {
            var image = new float[values.length];
            for (int i = 0; i < image.length; i++) {
                image[i] = (float) (Math.floor(Math.clamp(values[i], 0, 1) * levels + 0.5) / levels);
            }
            return image;
        }

        private static double[] noise(int count, int seed) {
            var values = new double[count];
            int x = seed;
            for (int i = 0; i < count; i++) {
                x = 1664525 * x + 1013904223;
                values[i] = (x >>> 8) * 0x1p-24;
            }
            return values;
        }
    }

    static Stream<Golden> golden() throws IOException {
        try (var in = Objects.requireNonNull(ImageMetricsTest.class.getResourceAsStream("golden.json"))) {
            return Arrays.stream(new ObjectMapper().readValue(in, Golden[].class));
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void agreesWithScikitImage(Golden golden) {
        var image = golden.image();
        var reference = golden.reference();
        assertEquals(golden.psnr, Psnr.of(image, reference, golden.shape()), 1e-9);
        assertEquals(golden.ssimGaussian, Ssim.GAUSSIAN.of(image, reference, golden.shape()), 1e-9);
        assertEquals(golden.ssimUniform, Ssim.UNIFORM.of(image, reference, golden.shape()), 1e-9);
    }

    @Test
    void agreesWithPublishedValuesOfTheCameraman() throws IOException {
        var data = System.getProperty("obverse.data");
        assumeTrue(
                data != null, "skipped: the published values need -Dobverse.data=DIR with metrics/skimage/camera.png");
        var folder = Path.of(Objects.requireNonNull(data), "metrics", "skimage");
        var camera = ImageIO.read(folder.resolve("camera.png").toFile()).getRaster();
        var noisy = ImageIO.read(
                        folder.resolve("camera_noisy_seed5_sigma20.png").toFile())
                .getRaster();
        var shape = Shape.of(camera.getHeight(), camera.getWidth(), 1);
        var a = new float[shape.size()];
        var b = new float[shape.size()];
        for (int i = 0; i < a.length; i++) {
            a[i] = camera.getSample(i % camera.getWidth(), i / camera.getWidth(), 0) / 255f;
            b[i] = noisy.getSample(i % camera.getWidth(), i / camera.getWidth(), 0) / 255f;
        }
        // scikit-image's own tests quote 0.3674518327910367 and 22.409353, IPOL 0.357959 to three decimals; the last
        // is what numpy gives for IPOL's definition. Pixels are float32 here, hence 1e-7.
        assertEquals(22.409353, Psnr.of(a, b, shape), 5e-7);
        assertEquals(0.3674518327910367, Ssim.UNIFORM.of(a, b, shape), 1e-7);
        assertEquals(0.357959, Ssim.GAUSSIAN.of(a, b, shape), 5e-4);
        assertEquals(0.3579642362365819, Ssim.GAUSSIAN.of(a, b, shape), 1e-7);
    }

    @Test
    void psnrOfOneLevelEverywhereIs48Decibels() {
        var shape = Shape.of(2, 2, 3);
        var grey = new float[12];
        Arrays.fill(grey, 100 / 255f);
        var brighter = new float[12];
        Arrays.fill(brighter, 101 / 255f);
        assertEquals(20 * Math.log10(255), Psnr.of(grey, brighter, shape), 1e-12);
    }

    @Test
    void psnrSeesWhatAFileWould() {
        var shape = Shape.of(1, 1, 2);
        // Less than half a level apart, and beyond white: equal once stored.
        assertEquals(Double.POSITIVE_INFINITY, Psnr.of(new float[] {0.5f, 1f}, new float[] {0.5005f, 1.7f}, shape));
        assertTrue(Double.isNaN(Psnr.of(new float[] {Float.NaN, 1}, new float[] {0, 1}, shape)));
    }

    @Test
    void equalImagesAreCountedApart() {
        var psnr = new Psnr();
        var images = Tensor.of(new float[] {0, 0, 0, 0, 0, 0}, 3, 1, 2, 1);
        var references = Tensor.of(new float[] {0, 1, 0, 0, 1, 1}, 3, 1, 2, 1);
        psnr.add(images, references);
        assertEquals(2, psnr.finite());
        assertEquals(1, psnr.infinite());
        assertEquals(10 * Math.log10(2) / 2, psnr.mean(), 1e-12);
    }

    @Test
    void batchesAreMeasuredImageByImage() {
        var a = new Golden(16, 16, 3, 0.2, 255, 0, 0, 0);
        var b = new Golden(16, 16, 3, 0.9, 255, 0, 0, 0);
        var images = Tensor.of(concat(a.image(), b.image()), 2, 16, 16, 3);
        var references = Tensor.of(concat(a.reference(), b.reference()), 2, 16, 16, 3);
        for (var ssim : Ssim.values()) {
            var each = ssim.of(images, references);
            assertEquals(2, each.length);
            assertEquals(ssim.of(a.image(), a.reference(), a.shape()), each[0]);
            assertEquals(ssim.of(b.image(), b.reference(), b.shape()), each[1]);
            assertTrue(each[0] > each[1], "more noise, less similar");
        }
        var each = Psnr.of(images, references);
        assertEquals(Psnr.of(b.image(), b.reference(), b.shape()), each[1]);
    }

    @Test
    void ssimIsOneOnlyForEqualImagesAndSymmetric() {
        var golden = new Golden(20, 30, 3, 0.4, 255, 0, 0, 0);
        for (var ssim : Ssim.values()) {
            assertEquals(1, ssim.of(golden.image(), golden.image(), golden.shape()), 1e-12);
            assertEquals(
                    ssim.of(golden.image(), golden.reference(), golden.shape()),
                    ssim.of(golden.reference(), golden.image(), golden.shape()));
        }
    }

    @Test
    void errorsNameTheShapes() {
        var small = assertThrows(
                IllegalArgumentException.class,
                () -> Ssim.GAUSSIAN.of(new float[300], new float[300], Shape.of(10, 10, 3)));
        assertEquals(
                "SSIM GAUSSIAN needs images of at least 11x11 pixels, but was given [10,10,3]", small.getMessage());
        var count = assertThrows(
                IllegalArgumentException.class, () -> Psnr.of(new float[12], new float[11], Shape.of(2, 2, 3)));
        assertEquals(
                "PSNR: images of shape [2,2,3] have 12 values, but the image has 12 and the reference 11",
                count.getMessage());
    }

    private static float[] concat(float[] a, float[] b) {
        var both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
