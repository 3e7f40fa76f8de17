package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.DrnConfig;
import dev.obverse.drn.DrnConfig.Preset;
import dev.obverse.drn.RunConfig;
import dev.obverse.drn.RunFolder;
import dev.obverse.drn.Tracer;
import dev.obverse.drn.TrainingRun;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.drn.face.EmbeddingCache;
import dev.obverse.drn.face.Fingerprint;
import dev.obverse.drn.face.LabelledFaces;
import dev.obverse.drn.face.RecogniserArchitecture;
import dev.obverse.drn.face.RecogniserTraining;
import dev.obverse.drn.face.TrainedRecogniser;
import dev.obverse.drn.report.EvaluationJson;
import dev.obverse.drn.report.HtmlReport;
import dev.obverse.drn.report.Leak;
import dev.obverse.drn.report.LossCurves;
import dev.obverse.drn.report.Machine;
import dev.obverse.drn.report.Measured;
import dev.obverse.drn.report.MetricsTable;
import dev.obverse.drn.report.PictureGrid;
import dev.obverse.drn.report.TracedPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse demo}: from nothing to traced faces of unseen people, in a few minutes. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Draws synthetic people and face swaps, trains two small recognisers and a small network, and"
                + " evaluates it on people it has not seen. Writes data/, recogniser/, judge/, model.safetensors,"
                + " metrics.json, grid.png and report.html into --out (runs/demo). The defaults take less than six"
                + " minutes on two cores.")
public final class Demo implements Callable<Integer> {
    private static final int PICTURES = 8;

    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--identities", paramLabel = "N", defaultValue = "200", description = "Synthetic people (200).")
    private int identities;

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "3000", description = "Pairs, a fifth for test (3000).")
    private int pairs;

    @Option(names = "--takes", paramLabel = "N", defaultValue = "12", description = "Portraits per train person (12).")
    private int takes;

    @Option(
            names = "--recogniser-epochs",
            paramLabel = "N",
            defaultValue = "8",
            description = "Passes of each recogniser over the portraits (8).")
    private int recogniserEpochs;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "3000", description = "Training steps (3000).")
    private long steps;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "small",
            converter = Train.PresetName.class,
            description = "The network's preset (small).")
    @SuppressWarnings("NullAway.Init")
    private Preset preset;

    private final SequencedMap<String, Double> seconds = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        if (takes < 1 || steps < 1) {
            throw shared.usage("--takes " + takes + " and --steps " + steps + " must be at least 1");
        }
        var config = DrnConfig.of(preset);
        var people = shared.checked(() -> new SyntheticFaces(
                shared.seed(), identities, pairs, config.architecture().size()));
        var training =
                shared.checked(() -> RecogniserTraining.withSeed(shared.seed()).epochs(recogniserEpochs));
        var device = shared.device();
        var out = shared.outOr("runs/demo");
        Synth.requireEmpty(out);

        var manifest = timed("synthetic pairs", () -> Synth.write(shared, people, out.resolve("data")));
        var faces = timed("portraits", () -> TrainRecogniser.portraits(shared, people, takes));
        var supervisor = recogniser("recogniser", faces, training, config, out);
        var judge = recogniser("judge", faces, other(training), config, out);

        var folder = new RunFolder(out);
        var file = out.resolve("data/pairs.csv");
        var run = new RunConfig(
                config,
                shared.seed(),
                steps,
                Train.absolute(file),
                Fingerprint.of(manifest.csv()),
                null,
                supervisor.fingerprint());
        var data = new PairDataset(manifest, manifest.rows(Split.TRAIN), people.size());
        var vectors = timed(
                "embeddings",
                () -> Train.embeddings(new EmbeddingCache(supervisor, Train.kept(folder)), manifest, data));
        var started = TrainingRun.start(folder, run, device);
        var session = new TrainingSession(folder, started, manifest, data, vectors);
        var ended = timed("training", () -> session.train(shared, 300, _ -> {}));
        if (ended.interrupted()) {
            return TrainingSession.INTERRUPTED;
        }
        var tracer = new Tracer(started.network());
        var unseen = new PairDataset(manifest, manifest.rows(Split.TEST), people.size());
        shared.err().println("Tracing " + unseen.size() + " pairs of people not seen in training ...");
        var leak = Leak.of(manifest, Split.TEST);
        var measured =
                timed("evaluation", () -> Evaluate.measure(tracer, unseen, Evaluate.Side.TEST, leak, judge, null, run));
        report(folder, run, measured, tracer, unseen, (System.nanoTime() - start) * 1e-9);
        return 0;
    }

    /** The judge must not be the supervisor again, or similarity would flatter the model. */
    private static RecogniserTraining other(RecogniserTraining t) {
        return new RecogniserTraining(
                t.seed() + 1,
                t.epochs(),
                t.batch(),
                t.lr(),
                t.weightDecay(),
                t.scale(),
                t.margin(),
                t.augmentation(),
                t.head());
    }

    private TrainedRecogniser recogniser(
            String name, LabelledFaces faces, RecogniserTraining training, DrnConfig config, Path out)
            throws IOException {
        var architecture = RecogniserArchitecture.DEFAULT.withEmbedding(
                config.architecture().embedding());
        return timed(name, () -> {
            var trained = TrainRecogniser.train(shared, "training the " + name, faces, architecture, training);
            trained.save(out.resolve(name));
            return trained;
        });
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T timed(String phase, Work<T> work) throws IOException {
        long start = System.nanoTime();
        var result = work.run();
        double took = (System.nanoTime() - start) * 1e-9;
        seconds.put(phase, took);
        shared.err().println(phase + ": " + Progress.duration(took));
        return result;
    }

    private void report(
            RunFolder folder, RunConfig run, Measured measured, Tracer tracer, PairDataset unseen, double all)
            throws IOException {
        var out = folder.path();
        var sample = TracedPair.sample(tracer, unseen, PICTURES);
        var json = json(measured, all);
        Files.writeString(out.resolve("metrics.json"), json.toPrettyString() + "\n");
        PictureGrid.ofPairs(sample).draw().writePng(out.resolve("grid.png"));
        var machine = Machine.facts();
        Machine.peakMemoryMb().ifPresent(mb -> machine.put("peak memory", mb + " MB"));
        machine.put("device", shared.device().backend().description());
        new HtmlReport("Demo: traced faces of unseen people", subtitle(run))
                .figures(measured)
                .pictures(sample)
                .curves(LossCurves.read(folder.metrics()))
                .times(seconds)
                .facts("Configuration", Train.facts(run))
                .facts("Machine", machine)
                .write(folder.report());
        shared.say("");
        shared.words().print(MetricsTable.text(measured));
        shared.say("");
        seconds.forEach((phase, s) -> shared.say("  %-18s%10s".formatted(phase, Progress.duration(s))));
        shared.say("  %-18s%10s".formatted("all", Progress.duration(all)));
        Machine.peakMemoryMb().ifPresent(mb -> shared.say("  %-18s%7d MB".formatted("peak memory", mb)));
        shared.say("Pictures, curves, figures: " + folder.report());
        shared.result(() -> json);
    }

    private String subtitle(RunConfig run) {
        var a = run.drn().architecture();
        return String.format(
                Locale.ROOT,
                "Width %d, %dx%d, %d steps on %d pairs of %d synthetic people; seed %d",
                a.width(),
                a.size(),
                a.size(),
                steps,
                pairs,
                identities,
                shared.seed());
    }

    private ObjectNode json(Measured measured, double all) {
        var json = EvaluationJson.of(measured);
        json.put("seconds", all);
        var phases = json.putObject("phaseSeconds");
        seconds.forEach(phases::put);
        Machine.peakMemoryMb().ifPresent(mb -> json.put("peakMemoryMb", mb));
        return json;
    }
}
