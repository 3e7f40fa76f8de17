package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.drn.Architecture;
import dev.obverse.drn.DrnConfig;
import dev.obverse.drn.RunConfig;
import dev.obverse.drn.RunFolder;
import dev.obverse.drn.TrainingRun;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.drn.face.EmbeddingCache;
import dev.obverse.drn.face.EmbeddingSource;
import dev.obverse.drn.face.Fingerprint;
import dev.obverse.drn.face.Recogniser;
import dev.obverse.drn.face.RecogniserArchitecture;
import dev.obverse.drn.face.RecogniserTraining;
import dev.obverse.drn.face.Recognisers;
import dev.obverse.drn.report.Leak;
import dev.obverse.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse train}: trains a network on pairs, from the beginning or on from a checkpoint. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains a network on the train pairs of a manifest into the run folder --out (runs/train). The"
                + " recogniser supervises the identity encoder; without one, a small one is trained first. Ctrl-C"
                + " ends it after the current step, with a checkpoint (exit code 130); --resume goes on, bit for"
                + " bit as if it had never stopped.")
public final class Train implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String RECOGNISER = "recogniser";

    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--pairs", paramLabel = "FILE", description = "The manifest, pairs.csv. Needed without --resume.")
    private @Nullable Path pairs;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "small",
            converter = PresetName.class,
            description = "paper, recommended (128x128, width 64), small (64x64, width 16) or tiny (32x32, width 4, for"
                    + " tests) (small).")
    @SuppressWarnings("NullAway.Init")
    private DrnConfig.Preset preset;

    @Option(names = "--width", paramLabel = "N", description = "Channels of the first stage, instead of the preset's.")
    private @Nullable Integer width;

    @Option(names = "--size", paramLabel = "PIXELS", description = "Side of the images, a multiple of 8.")
    private @Nullable Integer size;

    @Option(names = "--batch", paramLabel = "N", description = "Pairs in a step.")
    private @Nullable Integer batch;

    @Option(names = "--lr", paramLabel = "RATE", description = "Adam's learning rate.")
    private @Nullable Double lr;

    @ArgGroup
    private final Length length = new Length();

    private static final class Length {
        @Option(names = "--epochs", paramLabel = "N", description = "Passes over the train pairs.")
        private @Nullable Integer epochs;

        @Option(names = "--steps", paramLabel = "N", description = "Steps, instead of epochs.")
        private @Nullable Long steps;
    }

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            defaultValue = "200",
            description = "Steps between checkpoints (200).")
    private int checkpointEvery;

    @Mixin
    private final RecogniserOption recogniser = new RecogniserOption();

    @Option(names = "--resume", description = "Go on with the run in --out from its newest checkpoint.")
    private boolean resume;

    @Option(names = "--init-from", paramLabel = "RUN", description = "Begin with the weights of another run.")
    private @Nullable Path initFrom;

    /** Reads {@code --preset}. */
    static final class PresetName implements CommandLine.ITypeConverter<DrnConfig.Preset> {
        @Override
        public DrnConfig.Preset convert(String value) {
            try {
                return DrnConfig.Preset.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(ErrorSentence.of(e));
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        if (checkpointEvery < 1) {
            throw shared.usage("--checkpoint-every must be at least 1, not " + checkpointEvery);
        }
        var device = shared.device();
        var folder = new RunFolder(shared.out() == null ? Path.of("runs/train") : shared.out());
        var session = resume ? goOn(folder, device) : begin(folder, device);
        var ended = session.train(shared, checkpointEvery, e -> report(folder, session, e));
        return ended.interrupted() ? TrainingSession.INTERRUPTED : 0;
    }

    private void report(RunFolder folder, TrainingSession session, TrainingSession.Ended ended) {
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("run", folder.path().toString())
                .put("steps", ended.steps())
                .put("plannedSteps", session.plannedSteps())
                .put("loss", ended.loss())
                .put("seconds", ended.seconds())
                .put("interrupted", ended.interrupted()));
    }

    private TrainingSession begin(RunFolder folder, Device device) throws IOException {
        if (pairs == null) {
            throw shared.usage("Missing required option: '--pairs=FILE'");
        }
        var config = shared.checked(this::config);
        if (length.steps != null && length.steps < 1) {
            throw shared.usage("--steps must be at least 1, not " + length.steps);
        }
        var manifest = PairManifest.read(pairs);
        var data = data(manifest, config.architecture());
        if (folder.isStarted()) {
            throw new DataException(
                    folder.path() + " already holds a run: choose another --out, or go on with --resume");
        }
        Shared.writable(folder.path());
        var initial = initFrom == null ? null : new RunFolder(initFrom);
        if (initial != null) {
            initial.readConfig(); // before minutes of other work
        }
        var given = recogniser.source(shared, kept(folder));
        var supervisor = given == null
                ? new EmbeddingCache(trainRecogniser(config.architecture().embedding()), kept(folder))
                : given;
        supervisor.save(folder.path().resolve(RECOGNISER));
        var vectors = embeddings(supervisor, manifest, data); // a file may lack some: before the run counts as begun
        config = config.with(config.architecture().withEmbedding(supervisor.embeddingLength()));
        var leak = Leak.of(manifest, Split.TEST);
        var run = new RunConfig(
                config,
                shared.seed(),
                steps(config, data.size()),
                absolute(pairs),
                Fingerprint.of(manifest.csv()),
                leak == Leak.NONE ? null : leak.sentence(),
                supervisor.fingerprint());
        var started = TrainingRun.start(folder, run, device, initial == null ? null : initial.model());
        return new TrainingSession(folder, started, manifest, data, vectors);
    }

    private TrainingSession goOn(RunFolder folder, Device device) throws IOException {
        var run = folder.readConfig();
        var file = pairs == null ? Path.of(run.pairs()) : pairs;
        var manifest = PairManifest.read(file);
        requireSamePairs(run, file, manifest);
        var data = data(manifest, run.drn().architecture());
        refuseChanges(run);
        if (length.steps != null && length.steps > run.steps()) {
            run = new RunConfig(
                    run.drn(),
                    run.seed(),
                    length.steps,
                    run.pairs(),
                    run.pairsFingerprint(),
                    run.leaks(),
                    run.recogniser());
            folder.write(run);
        }
        Shared.writable(folder.path());
        var supervisor = Recognisers.source(folder.path().resolve(RECOGNISER), null, kept(folder));
        if (!supervisor.fingerprint().equals(run.recogniser())) {
            throw new DataException("The recogniser in " + folder.path().resolve(RECOGNISER)
                    + " is not the one that this run began with: put it back, or begin a new run");
        }
        var resumed = TrainingRun.resume(folder, device);
        shared.err().println("Resuming after step " + resumed.steps() + " of " + run.steps());
        return new TrainingSession(folder, resumed, manifest, data, embeddings(supervisor, manifest, data));
    }

    /** Other pairs, or the same in another order, would not go on with the run but mix two. */
    private void requireSamePairs(RunConfig run, Path file, PairManifest manifest) throws DataException {
        if (run.pairsFingerprint() == null) {
            shared.err().println("This run does not say which pairs it began with: going on with those of " + file);
        } else if (!run.pairsFingerprint().equals(Fingerprint.of(manifest.csv()))) {
            throw new DataException("Manifest " + file + " does not list the pairs that this run began with: put them"
                    + " back, or begin a new run (--init-from takes over the weights)");
        }
    }

    /** A resumed run is the run that was started: options that say otherwise are a mistake. More steps are not. */
    private void refuseChanges(RunConfig run) {
        var a = run.drn().architecture();
        var o = run.drn().optimization();
        var base = DrnConfig.of(preset);
        var same = base.with(base.architecture()
                        .withSize(a.size())
                        .withWidth(a.width())
                        .withEmbedding(a.embedding()))
                .with(base.optimization()
                        .withBatch(o.batch())
                        .withEpochs(o.epochs())
                        .withLr(o.lr()));
        refuse("--preset", preset.name(), !same.equals(run.drn()));
        refuse("--width", width, width != null && width != a.width());
        refuse("--size", size, size != null && size != a.size());
        refuse("--batch", batch, batch != null && batch != o.batch());
        refuse("--lr", lr, lr != null && lr != o.lr());
        refuse("--seed", shared.seed(), shared.seed() != run.seed());
        refuse("--steps", length.steps, length.steps != null && length.steps < run.steps());
        var epochs = length.epochs;
        refuse("--epochs", epochs, epochs != null && epochs != o.epochs());
        refuse("--recogniser", recogniser.path(), recogniser.path() != null);
        refuse("--recogniser-input", "", true);
        refuse("--init-from", initFrom, initFrom != null);
    }

    private void refuse(String option, @Nullable Object value, boolean differs) {
        if (differs && shared.isGiven(option)) {
            throw shared.usage("--resume goes on with the run as it was started, and " + option + " " + value
                    + " is not how: leave it out");
        }
    }

    private DrnConfig config() {
        var config = DrnConfig.of(preset);
        var a = config.architecture();
        a = size == null ? a : a.withSize(size);
        a = width == null ? a : a.withWidth(width);
        var o = config.optimization();
        o = batch == null ? o : o.withBatch(batch);
        o = lr == null ? o : o.withLr(lr);
        o = length.epochs == null ? o : o.withEpochs(length.epochs);
        return config.with(a).with(o);
    }

    private long steps(DrnConfig config, int pairCount) {
        if (length.steps != null) {
            return length.steps;
        }
        var o = config.optimization();
        return (long) o.epochs() * (pairCount / Math.min(o.batch(), pairCount));
    }

    private static PairDataset data(PairManifest manifest, Architecture architecture) throws IOException {
        var rows = manifest.rows(Split.TRAIN);
        if (rows.isEmpty()) {
            throw new DataException("The manifest has no train pairs: its split column must say train for some");
        }
        return new PairDataset(manifest, rows, architecture.size());
    }

    private Recogniser trainRecogniser(int embedding) {
        shared.err().println("No --recogniser: training a small one on synthetic portraits first");
        var people = new SyntheticFaces(shared.seed(), 150, 1, 64);
        var faces = TrainRecogniser.portraits(shared, people, 12);
        var architecture = RecogniserArchitecture.DEFAULT.withEmbedding(embedding);
        return TrainRecogniser.train(
                shared, RECOGNISER, faces, architecture, RecogniserTraining.withSeed(shared.seed()));
    }

    /** Where a run keeps the vectors that its recogniser has computed. */
    static Path kept(RunFolder folder) {
        return folder.path().resolve("embeddings");
    }

    /** z_pre of each pair's original. */
    static float[][] embeddings(EmbeddingSource recogniser, PairManifest manifest, PairDataset data)
            throws IOException {
        var images = new ArrayList<String>();
        for (int i = 0; i < data.size(); i++) {
            images.add(data.row(i).original());
        }
        return recogniser.embeddings(manifest.folder(), images);
    }

    static String absolute(Path file) {
        return file.toAbsolutePath().normalize().toString();
    }

    /** Every choice of a run, for people. */
    static SequencedMap<String, String> facts(RunConfig run) {
        var facts = new LinkedHashMap<String, String>();
        add(facts, "", JSON.valueToTree(run));
        return facts;
    }

    private static void add(SequencedMap<String, String> facts, String path, JsonNode node) {
        node.properties().forEach(e -> {
            if (e.getValue().isObject()) {
                add(facts, e.getKey().equals("drn") ? "" : e.getKey() + ".", e.getValue());
            } else {
                facts.put(path + e.getKey(), e.getValue().asText());
            }
        });
    }
}
