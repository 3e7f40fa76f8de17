package dev.obverse.examples.learn;

import dev.obverse.autograd.NoGrad;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.drn.face.LabelledFaces;
import dev.obverse.nn.data.Collator;
import dev.obverse.nn.data.DataLoader;
import dev.obverse.nn.data.Dataset;
import dev.obverse.nn.data.LoaderOptions;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.MaxPool2d;
import dev.obverse.nn.layer.ReLU;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.metric.Accuracy;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.train.Loss;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import dev.obverse.nn.train.Trainer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose face is it? A small convolutional network learns to tell people apart and is tested on pictures of them it has
 * not seen. Give it a folder with a folder of pictures for each person, such as the ORL faces, or nothing for synthetic
 * people.
 */
public final class ClassifyFaces {
    private static final int SIZE = 32;
    private static final int BATCH = 16;

    private ClassifyFaces() {}

    public static void main(String[] args) throws IOException {
        var faces = args.length > 0
                ? LabelledFaces.ofFolder(Path.of(args[0]), SIZE)
                : LabelledFaces.ofSynthetic(new SyntheticFaces(1, 25, 1, SIZE), Split.TRAIN, 10, 0, _ -> {});
        int people = faces.people().size();
        System.out.printf("%d pictures of %d people%n", faces.count(), people);
        double accuracy = learn(faces, 20, true);
        System.out.printf(
                "%.1f %% of the test pictures are recognised; guessing gives %.1f %%%n",
                100 * accuracy, 100.0 / people);
    }

    /** Images {@code [N,SIZE,SIZE,3]} and the number of the person on each. */
    private record Batch(float[] images, int[] people) {
        Tensor tensor() {
            return Tensor.of(Device.cpu(), images, Shape.of(people.length, SIZE, SIZE, 3));
        }
    }

    /** Trains on three of four pictures; returns the share of the others that is recognised. */
    static double learn(LabelledFaces faces, int epochs, boolean talk) {
        var train = new ArrayList<Integer>();
        var test = new ArrayList<Integer>();
        for (int i = 0; i < faces.count(); i++) {
            (i % 4 == 3 ? test : train).add(i);
        }

        // Three times: look for patterns (convolution), keep the strongest of each 2x2 (pooling). Then decide.
        var random = new Philox(1);
        var network = new Sequential(
                new Conv2d(3, 16, 3, random),
                new ReLU(),
                new MaxPool2d(2), // 32 -> 16
                new Conv2d(16, 32, 3, random),
                new ReLU(),
                new MaxPool2d(2), // 16 -> 8
                new Conv2d(32, 64, 3, random),
                new ReLU(),
                new MaxPool2d(2), // 8 -> 4
                new Flatten(),
                new Linear(4 * 4 * 64, faces.people().size(), random));

        // The trainer runs the loop of FitALine; the loader prepares batches, in a new order every epoch, on a thread.
        var trainer = new Trainer<Batch>(network, new Adam(network.namedParameters(), 1e-3), batch -> {
            var scores = network.forward(batch.tensor());
            return Loss.of("cross entropy", Functional.crossEntropy(scores, batch.people));
        });
        if (talk) {
            trainer.listener(new Talk());
        }
        var options = LoaderOptions.batchesOf(BATCH).shuffled(1);
        try (var loader = new DataLoader<>(Dataset.of(train), collator(faces), options)) {
            trainer.fit((epoch, skip) -> loader.epoch((int) epoch, (int) skip), epochs);
        }
        return accuracy(network, faces, test);
    }

    private static double accuracy(Sequential network, LabelledFaces faces, List<Integer> test) {
        network.eval(); // no dropout or batch norm here, but it is a good habit
        var accuracy = new Accuracy();
        try (var loader = new DataLoader<>(Dataset.of(test), collator(faces), LoaderOptions.batchesOf(BATCH))) {
            for (var batch : loader.epoch(0)) {
                try (var _ = TensorScope.open();
                        var _ = NoGrad.open()) { // nothing is trained, so nothing needs to be remembered
                    accuracy.add(network.forward(batch.tensor()), batch.people);
                }
            }
        }
        return accuracy.value();
    }

    /** Writes one picture into its place in a batch: bytes to numbers around 0, which is what networks like. */
    private static Collator<Integer, Batch> collator(LabelledFaces faces) {
        return new Collator<>() {
            @Override
            public Batch allocate(int size) {
                return new Batch(new float[size * SIZE * SIZE * 3], new int[size]);
            }

            @Override
            public void put(Integer face, Batch batch, int slot, Philox random) {
                var pixels = faces.pixels().get(face);
                for (int i = 0; i < pixels.length; i++) {
                    batch.images[slot * pixels.length + i] = (pixels[i] & 255) / 127.5f - 1;
                }
                batch.people[slot] = faces.labels()[face];
            }
        };
    }

    private static final class Talk implements TrainListener {
        private double loss;

        @Override
        public void onStep(StepReport report) {
            loss = report.total();
        }

        @Override
        public void onEpoch(long epoch) {
            System.out.printf("epoch %2d, loss %.3f%n", epoch + 1, loss);
        }
    }
}
