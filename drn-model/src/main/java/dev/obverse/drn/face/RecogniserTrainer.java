package dev.obverse.drn.face;

import dev.obverse.nn.Layer;
import dev.obverse.nn.Module;
import dev.obverse.nn.data.Collator;
import dev.obverse.nn.data.DataLoader;
import dev.obverse.nn.data.Dataset;
import dev.obverse.nn.data.LoaderOptions;
import dev.obverse.nn.loss.ArcFace;
import dev.obverse.nn.loss.CosFace;
import dev.obverse.nn.loss.MarginHead;
import dev.obverse.nn.metric.Accuracy;
import dev.obverse.nn.optim.AdamW;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.nn.optim.Schedule;
import dev.obverse.nn.train.Loss;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import dev.obverse.nn.train.Trainer;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Trains a {@link TrainedRecogniser} to tell the people of a data set apart, with an ArcFace or CosFace head that is
 * thrown away afterwards (Deng et al. 2019, Wang et al. 2018).
 *
 * <p>The same faces, architecture and training give the same weights, bit for bit, at any number of threads.
 */
public final class RecogniserTrainer {
    /**
     * One step.
     *
     * @param step number of the step, from 1
     * @param steps of the whole run
     * @param loss of the batch
     * @param accuracy share of the batch's faces to which the head's direction of the right person is the nearest
     * @param facesPerSecond since training began
     */
    public record Progress(long step, long steps, double loss, double accuracy, double facesPerSecond) {}

    private RecogniserTrainer() {}

    /** Trains on all of these faces. */
    public static TrainedRecogniser train(
            LabelledFaces faces, RecogniserArchitecture a, RecogniserTraining t, Consumer<Progress> progress) {
        if (faces.people().size() < 2) {
            throw new IllegalArgumentException("A recogniser needs at least 2 people to tell apart, but there are "
                    + faces.people().size() + " in " + faces.description());
        }
        var random = new Philox(t.seed());
        var model = new Model(a, faces.people().size(), t, random);
        int batch = Math.min(t.batch(), faces.count());
        long steps = (long) t.epochs() * (faces.count() / batch);
        var groups = List.of(new Optimizer.Group(model.namedParameters(), t.lr(), t.weightDecay()));
        var trainer = new Trainer<Batch>(model, new AdamW(groups, 0.9, 0.999, 1e-8), model::loss);
        trainer.schedule(schedule(steps)).listener(new Reporter(model, steps, batch, progress));
        var order = Dataset.of(IntStream.range(0, faces.count()).boxed().toList());
        var options = LoaderOptions.batchesOf(batch).shuffled(t.seed()).dropLast(true);
        try (var loader = new DataLoader<>(order, new FaceCollator(faces, a, t.augmentation()), options)) {
            trainer.fit((epoch, skip) -> loader.epoch((int) epoch, (int) skip), t.epochs());
        }
        var facts = Map.<String, Object>of("training", t.asMap(faces));
        return new TrainedRecogniser(
                a.backbone().name().toLowerCase(Locale.ROOT) + "-" + t.seed(), a, model.network, facts);
    }

    private static Schedule schedule(long steps) {
        long warmUp = Math.max(1, steps / 10);
        return Schedule.cosine(Math.max(1, steps - warmUp), 0).afterWarmUp(warmUp);
    }

    /** Pictures {@code [N,size,size,3]} and who they show. */
    private record Batch(float[] pictures, int[] labels) {}

    private record FaceCollator(LabelledFaces faces, RecogniserArchitecture a, FaceAugmentation augmentation)
            implements Collator<Integer, Batch> {
        @Override
        public Batch allocate(int size) {
            return new Batch(new float[size * a.inputSize() * a.inputSize() * 3], new int[size]);
        }

        @Override
        public void put(Integer face, Batch batch, int slot, Philox random) {
            int size = a.inputSize();
            batch.labels[slot] = faces.labels()[face];
            int offset = slot * size * size * 3;
            augmentation.write(faces.pixels().get(face), faces.size(), a.crop(), batch.pictures, offset, size, random);
        }
    }

    /** The network and the head that trains it. */
    private static final class Model extends Module {
        private final Layer network;
        private final MarginHead head;
        private final int size;
        private final RecogniserTraining training;
        private double accuracy;

        Model(RecogniserArchitecture a, int people, RecogniserTraining t, Philox random) {
            size = a.inputSize();
            training = t;
            network = child("network", a.network(random));
            head = child(
                    "head",
                    switch (t.head()) {
                        case ARCFACE -> new ArcFace(a.embedding(), people, t.scale(), t.margin(), false, random);
                        case COSFACE -> new CosFace(a.embedding(), people, t.scale(), t.margin(), random);
                    });
        }

        Loss loss(Batch batch) {
            var shape = Shape.of(batch.labels.length, size, size, 3);
            var embeddings = network.forward(Tensor.of(Device.cpu(), batch.pictures, shape));
            var logits = head.logits(embeddings, batch.labels);
            accuracy = accuracy(logits.toArray(), batch.labels);
            return Loss.of(
                    training.head().name().toLowerCase(Locale.ROOT), Functional.crossEntropy(logits, batch.labels));
        }

        /** The margin, which makes the right person's score worse than it is, is taken away again. */
        private double accuracy(float[] logits, int[] labels) {
            int people = logits.length / labels.length;
            var accuracy = new Accuracy();
            for (int i = 0; i < labels.length; i++) {
                double own = withoutMargin(logits[i * people + labels[i]]);
                boolean nearest = true;
                for (int person = 0; person < people; person++) {
                    nearest &= person == labels[i] || logits[i * people + person] < own;
                }
                accuracy.add(nearest);
            }
            return accuracy.value();
        }

        private double withoutMargin(double logit) {
            double scale = training.scale();
            double angle = Math.acos(Math.clamp(logit / scale, -1, 1));
            return switch (training.head()) {
                case ARCFACE -> scale * Math.cos(Math.max(0, angle - training.margin()));
                case COSFACE -> logit + scale * training.margin();
            };
        }
    }

    private static final class Reporter implements TrainListener {
        private final Model model;
        private final long steps;
        private final int batch;
        private final Consumer<Progress> progress;
        private final long start = System.nanoTime();

        Reporter(Model model, long steps, int batch, Consumer<Progress> progress) {
            this.model = model;
            this.steps = steps;
            this.batch = batch;
            this.progress = progress;
        }

        @Override
        public void onStep(StepReport report) {
            double rate = report.step() * batch / ((System.nanoTime() - start) * 1e-9);
            progress.accept(new Progress(report.step(), steps, report.total(), model.accuracy, rate));
        }
    }
}
