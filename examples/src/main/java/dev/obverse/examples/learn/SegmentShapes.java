package dev.obverse.examples.learn;

import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.Module;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.ConvTranspose2d;
import dev.obverse.nn.layer.MaxPool2d;
import dev.obverse.nn.optim.Adam;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;

/**
 * Which pixel belongs to what? A small U-Net (Ronneberger et al. 2015) colours in discs and squares on a noisy
 * background. The network of the DRN has the same shape: down to a few wide pixels, and up again, joined by what was
 * seen on the way down.
 */
public final class SegmentShapes {
    private static final int SIZE = 32;
    private static final int CLASSES = 3;
    private static final String[] NAMES = {"background", "disc", "square"};

    private SegmentShapes() {}

    public static void main(String[] args) {
        var iou = learn(300, 16, true);
        for (int c = 0; c < CLASSES; c++) {
            System.out.printf("%-10s overlap (intersection over union) %.3f%n", NAMES[c], iou[c]);
        }
    }

    /** A module with parts of its own declares them with {@code child}; their parameters are then found by name. */
    static final class UNet extends Module {
        private final MaxPool2d halve = new MaxPool2d(2);
        private final Conv2d down1;
        private final Conv2d down2;
        private final Conv2d bottom;
        private final ConvTranspose2d double2;
        private final Conv2d up2;
        private final ConvTranspose2d double1;
        private final Conv2d up1;
        private final Conv2d decide;

        UNet(int width, Philox random) {
            down1 = child("down1", conv(1, width, random));
            down2 = child("down2", conv(width, 2 * width, random));
            bottom = child("bottom", conv(2 * width, 4 * width, random));
            double2 = child("double2", twice(4 * width, 2 * width, random));
            up2 = child("up2", conv(4 * width, 2 * width, random));
            double1 = child("double1", twice(2 * width, width, random));
            up1 = child("up1", conv(2 * width, width, random));
            decide = child("decide", new Conv2d(width, CLASSES, 1, random));
        }

        /** A 3x3 convolution that keeps the size, with LeakyReLU in the same pass over memory. */
        private static Conv2d conv(int in, int out, Philox random) {
            return new Conv2d(in, out, 3, Conv2d.same(3), 0.1, random);
        }

        private static ConvTranspose2d twice(int in, int out, Philox random) {
            return new ConvTranspose2d(in, out, 2, ConvOptions.DEFAULT.stride(2), random);
        }

        /** {@code [N,32,32,1] -> [N,32,32,CLASSES]}: a score for each class at each pixel. */
        Tensor forward(Tensor images) {
            var fine = down1.forward(images); // 32x32
            var coarse = down2.forward(halve.forward(fine)); // 16x16
            var deep = bottom.forward(halve.forward(coarse)); // 8x8
            var x = up2.forward(Functional.concat(3, double2.forward(deep), coarse)); // channels are axis 3
            return decide.forward(up1.forward(Functional.concat(3, double1.forward(x), fine)));
        }
    }

    /** Pictures, and the class of each of their pixels. */
    private record Shapes(Tensor images, int[] classes) {
        /** One disc and one square of random brightness at random places, the later on top, and noise over all. */
        static Shapes draw(int count, Philox random) {
            var pixels = new float[count * SIZE * SIZE];
            var classes = new int[pixels.length];
            random.fillNormal(pixels, 0, 0.1);
            for (int n = 0; n < count; n++) {
                for (int shape : random.nextBoolean() ? new int[] {1, 2} : new int[] {2, 1}) {
                    double cx = random.nextDouble(6, SIZE - 6);
                    double cy = random.nextDouble(6, SIZE - 6);
                    double radius = random.nextDouble(3, 7);
                    float brightness = (float) random.nextDouble(0.6, 1.2);
                    for (int i = 0; i < SIZE * SIZE; i++) {
                        int row = i / SIZE;
                        double dx = Math.abs(i % SIZE - cx);
                        double dy = Math.abs(row - cy);
                        if (shape == 1 ? Math.hypot(dx, dy) <= radius : Math.max(dx, dy) <= radius) {
                            int at = n * SIZE * SIZE + i;
                            pixels[at] += brightness - (classes[at] == 0 ? 0 : 0.9f); // hides what is below
                            classes[at] = shape;
                        }
                    }
                }
            }
            return new Shapes(Tensor.of(Device.cpu(), pixels, Shape.of(count, SIZE, SIZE, 1)), classes);
        }
    }

    /** Trains on fresh pictures all the time, so there is nothing to learn by heart. Returns each class's overlap. */
    static double[] learn(int steps, int batch, boolean talk) {
        var random = new Philox(3);
        var network = new UNet(16, random);
        var optimizer = new Adam(network.namedParameters(), 3e-3);
        for (int step = 1; step <= steps; step++) {
            try (var _ = TensorScope.open()) {
                var shapes = Shapes.draw(batch, random);
                // Every pixel is a sample of its own: rows of scores against a list of classes.
                var scores = network.forward(shapes.images).reshape(shapes.classes.length, CLASSES);
                var loss = Functional.crossEntropy(scores, shapes.classes);
                optimizer.zeroGrad();
                loss.backward();
                optimizer.step();
                if (talk && step % 50 == 0) {
                    System.out.printf("step %3d, loss %.3f%n", step, loss.item());
                }
            }
        }
        network.eval();
        try (var _ = TensorScope.open();
                var _ = NoGrad.open()) {
            var unseen = Shapes.draw(32, new Philox(4));
            return overlap(network.forward(unseen.images).argmax(3), unseen.classes);
        }
    }

    /** Pixels of a class in both answer and truth, as a share of those in either. */
    private static double[] overlap(int[] answer, int[] truth) {
        var both = new double[CLASSES];
        var either = new double[CLASSES];
        for (int i = 0; i < truth.length; i++) {
            either[truth[i]]++;
            if (answer[i] == truth[i]) {
                both[truth[i]]++;
            } else {
                either[answer[i]]++;
            }
        }
        for (int c = 0; c < CLASSES; c++) {
            both[c] /= either[c];
        }
        return both;
    }
}
