package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.drn.face.LabelledFaces;
import dev.obverse.drn.face.RecogniserArchitecture;
import dev.obverse.drn.face.RecogniserArchitecture.Backbone;
import dev.obverse.drn.face.RecogniserTrainer;
import dev.obverse.drn.face.RecogniserTraining;
import dev.obverse.drn.face.RecogniserTraining.Head;
import dev.obverse.drn.face.TrainedRecogniser;
import dev.obverse.drn.face.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse train-recogniser}: trains a face recogniser. */
@Command(
        name = "train-recogniser",
        mixinStandardHelpOptions = true,
        description = "Trains a face recogniser into --out (runs/recogniser), from pictures of people or, given none,"
                + " from synthetic portraits, and measures it on people held out.")
public final class TrainRecogniser implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @ArgGroup
    private final Source source = new Source();

    private static final class Source {
        @Option(names = "--images", paramLabel = "DIR", description = "A folder with a folder of pictures per person.")
        private @Nullable Path images;

        @Option(names = "--pairs", paramLabel = "FILE", description = "A manifest: the originals of its train pairs.")
        private @Nullable Path pairs;
    }

    @Option(names = "--identities", paramLabel = "N", defaultValue = "200", description = "Synthetic people (200).")
    private int identities;

    @Option(
            names = "--takes",
            paramLabel = "N",
            defaultValue = "16",
            description = "Portraits of each, and pictures of their face in other heads (16).")
    private int takes;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "64",
            description = "Side the faces are scaled to (64; iresnet50: 112).")
    private int size;

    @Option(
            names = "--embedding",
            paramLabel = "N",
            defaultValue = "128",
            description = "Length of its vectors (128; iresnet50: 512).")
    private int embedding;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            defaultValue = "small",
            description = "small, or iresnet50 (112 pixels, 512 values, 43.6 million weights: for a GPU) (small).")
    @SuppressWarnings("NullAway.Init")
    private Backbone backbone;

    @Option(
            names = "--head",
            paramLabel = "NAME",
            defaultValue = "arcface",
            description = "The margin it is trained with: arcface or cosface (arcface).")
    @SuppressWarnings("NullAway.Init")
    private Head head;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "10", description = "Passes over the faces (10).")
    private int epochs;

    @Option(
            names = "--held-out",
            paramLabel = "N",
            description = "People to measure with instead of training on them (a fifth; none of fewer than 10).")
    private @Nullable Integer heldOut;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        if (takes < 1) {
            throw shared.usage("--takes must be at least 1, not " + takes);
        }
        Synth.requireCpu(shared);
        var base = backbone == Backbone.SMALL ? RecogniserArchitecture.DEFAULT : RecogniserArchitecture.IRESNET50;
        boolean asItIs = backbone != Backbone.SMALL && !shared.isGiven("--embedding");
        var architecture = shared.checked(() -> asItIs ? base : base.withEmbedding(embedding));
        if (backbone != Backbone.SMALL && !shared.isGiven("--size")) {
            size = base.inputSize();
        }
        var training = shared.checked(
                () -> RecogniserTraining.withSeed(shared.seed()).epochs(epochs).head(head));
        var folder = shared.outOr("runs/recogniser");
        Synth.requireEmpty(folder);
        var faces = faces();
        int held = heldOut != null
                ? heldOut
                : faces.people().size() < 10 ? 0 : faces.people().size() / 5;
        var parts = held == 0 ? null : shared.checked(() -> faces.holdOut(held, shared.seed()));
        var trainedOn = parts == null ? faces : parts.train();
        var recogniser = train(shared, "recogniser", trainedOn, architecture, training);
        var verification = parts == null || held < 2 ? null : Verification.of(recogniser, parts.heldOut());
        if (verification != null) {
            recogniser = recogniser.withFact("heldOut", verification.asMap());
        }
        recogniser.save(folder);
        double seconds = (System.nanoTime() - start) * 1e-9;
        report(recogniser, trainedOn, verification, folder, seconds);
        return 0;
    }

    private LabelledFaces faces() throws IOException {
        if (source.images != null) {
            return LabelledFaces.ofFolder(source.images, size);
        }
        if (source.pairs != null) {
            return originals(PairManifest.read(source.pairs), size);
        }
        var people = shared.checked(() -> new SyntheticFaces(shared.seed(), identities, 1, size));
        return portraits(shared, people, takes);
    }

    /** Portraits of the train people of a synthetic data set, and as many of their faces in other heads. */
    static LabelledFaces portraits(Shared shared, SyntheticFaces people, int takes) {
        long total = 2L * takes * people.identities() * 4 / 5;
        try (var progress = shared.progress("drawing portraits", total, "faces")) {
            return LabelledFaces.ofSynthetic(people, Split.TRAIN, takes, takes, done -> progress.at(done, ""));
        }
    }

    /** The originals of the training pairs, with who they show. */
    private static LabelledFaces originals(PairManifest manifest, int size) throws IOException {
        var rows = manifest.rows(Split.TRAIN);
        if (rows.isEmpty()) {
            throw new DataException("The manifest has no train pairs: give one whose split column says train");
        }
        var data = new PairDataset(manifest, rows, size);
        var people = rows.stream()
                .map(PairManifest.Row::originalId)
                .distinct()
                .sorted()
                .toList();
        if (people.size() < 2) {
            throw new DataException("The train pairs show only one original person, " + people.getFirst()
                    + ": a recogniser needs at least 2; give --images, or nothing for synthetic portraits");
        }
        var pixels = new ArrayList<byte[]>();
        int[] labels = new int[rows.size()];
        for (int i = 0; i < labels.length; i++) {
            pixels.add(data.get(i).original());
            labels[i] = people.indexOf(rows.get(i).originalId());
        }
        return new LabelledFaces("originals of the train pairs", size, people, pixels, labels);
    }

    /** Trains and shows progress. */
    static TrainedRecogniser train(
            Shared shared, String task, LabelledFaces faces, RecogniserArchitecture a, RecogniserTraining t) {
        int batch = Math.min(t.batch(), faces.count());
        long steps = (long) t.epochs() * (faces.count() / batch);
        try (var progress = shared.progress(task, steps, "steps")) {
            return RecogniserTrainer.train(
                    faces,
                    a,
                    t,
                    p -> progress.at(
                            p.step(), String.format(Locale.ROOT, "loss %.3f, accuracy %.3f", p.loss(), p.accuracy())));
        }
    }

    private void report(
            TrainedRecogniser recogniser,
            LabelledFaces trainedOn,
            @Nullable Verification verification,
            Path folder,
            double seconds) {
        shared.say("Recogniser %s, trained on %d faces of %d people in %s: %s"
                .formatted(
                        recogniser.name(),
                        trainedOn.count(),
                        trainedOn.people().size(),
                        Progress.duration(seconds),
                        folder));
        if (verification != null) {
            shared.say(String.format(
                    Locale.ROOT,
                    "On %d people it has not seen: area under the ROC curve %.4f, %.1f %% of pairs judged"
                            + " rightly, %.1f %% found at 1 %% false accepts, rank-1 %.1f %%",
                    verification.people(),
                    verification.auc(),
                    100 * verification.accuracy(),
                    100 * verification.tarAtFar100(),
                    100 * verification.rank1()));
        }
        shared.result(() -> {
            var json = new JsonMapper()
                    .createObjectNode()
                    .put("recogniser", folder.toString())
                    .put("name", recogniser.name())
                    .put("fingerprint", recogniser.fingerprint())
                    .put("embedding", recogniser.embeddingLength())
                    .put("people", trainedOn.people().size())
                    .put("faces", trainedOn.count())
                    .put("seconds", seconds);
            json.set("heldOut", new JsonMapper().valueToTree(verification == null ? null : verification.asMap()));
            return json;
        });
    }
}
