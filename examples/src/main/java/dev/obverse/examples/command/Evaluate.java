package dev.obverse.examples.command;

import dev.obverse.drn.DisentanglingReversingNetwork;
import dev.obverse.drn.Evaluation;
import dev.obverse.drn.RunConfig;
import dev.obverse.drn.RunFolder;
import dev.obverse.drn.Tracer;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.face.EmbeddingCache;
import dev.obverse.drn.face.Gallery;
import dev.obverse.drn.face.Recogniser;
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
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse evaluate}: how well a trained network traces, beside doing nothing. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Traces the pairs of a manifest and compares with the originals, beside the fakes themselves (the"
                + " do-nothing row). With --out it writes metrics.json, grid.png and report.html.")
public final class Evaluate implements Callable<Integer> {
    private static final int PICTURES = 8;

    /** Which pairs of a manifest. */
    enum Side {
        TRAIN,
        TEST,
        ALL;

        @Nullable
        Split split() {
            return this == ALL ? null : Split.valueOf(name());
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--model", paramLabel = "RUN", required = true, description = "The folder of a training run.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(names = "--pairs", paramLabel = "FILE", required = true, description = "The manifest, pairs.csv.")
    @SuppressWarnings("NullAway.Init")
    private Path pairs;

    @Option(names = "--split", paramLabel = "SIDE", defaultValue = "test", description = "train, test or all (test).")
    @SuppressWarnings("NullAway.Init")
    private Side side;

    @Mixin
    private final RecogniserOption recogniser = new RecogniserOption();

    @Option(
            names = "--gallery",
            paramLabel = "DIR",
            description = "A folder of pictures for each person, named as the manifest's original_id: how often the"
                    + " recogniser finds the original person in it, given the fake and given the traced face.")
    private @Nullable Path gallery;

    @Mixin
    private final CacheOption cache = new CacheOption();

    @Override
    public Integer call() throws IOException {
        var device = shared.device();
        var out = shared.out() == null ? null : Shared.writable(shared.out());
        var run = new RunFolder(model);
        var config = run.readConfig();
        var network = run.readNetwork();
        network.to(device);
        var judge = recogniser.load(shared);
        if (gallery != null && judge == null) {
            throw shared.usage("--gallery needs a --recogniser");
        }
        var manifest = PairManifest.read(pairs);
        var data = data(manifest, side, network);
        var tracer = new Tracer(network);
        shared.err().println("Tracing " + data.size() + " pairs ...");
        boolean same = Train.absolute(pairs).equals(config.pairs());
        var leak = same ? Leak.of(manifest, side.split()) : Leak.UNKNOWN;
        var people = gallery == null || judge == null
                ? null
                : Gallery.read(gallery, new EmbeddingCache(judge, cache.folder()));
        var measured = measure(tracer, data, side, leak, judge, people, config);
        shared.words().print(MetricsTable.text(measured));
        var json = EvaluationJson.of(measured);
        if (out != null) {
            Files.writeString(out.resolve("metrics.json"), json.toPrettyString() + "\n");
            var sample = TracedPair.sample(tracer, data, PICTURES);
            write(out, measured, sample, run, config);
            shared.say("Pictures and figures: " + out.resolve("report.html"));
        }
        shared.result(() -> json);
        return 0;
    }

    private static PairDataset data(PairManifest manifest, Side side, DisentanglingReversingNetwork network)
            throws IOException {
        var split = side.split();
        var rows = split == null ? manifest.rows() : manifest.rows(split);
        if (rows.isEmpty()) {
            throw new DataException("The manifest has no " + side.word() + " pairs: choose another --split");
        }
        return new PairDataset(manifest, rows, network.architecture().size());
    }

    static Measured measure(
            Tracer tracer,
            PairDataset data,
            Side side,
            Leak leak,
            @Nullable Recogniser judge,
            @Nullable Gallery people,
            RunConfig config)
            throws IOException {
        long start = System.nanoTime();
        var evaluation = Evaluation.of(tracer, data, judge, people);
        double seconds = (System.nanoTime() - start) * 1e-9;
        boolean supervised = judge != null && judge.fingerprint().equals(config.recogniser());
        return new Measured(evaluation, side.word(), leak, judge == null ? null : judge.name(), supervised, seconds);
    }

    private static void write(Path out, Measured measured, List<TracedPair> sample, RunFolder run, RunConfig config)
            throws IOException {
        PictureGrid.ofPairs(sample).draw().writePng(out.resolve("grid.png"));
        new HtmlReport("Evaluation of " + run.path().getFileName(), "Pairs of " + config.pairs())
                .figures(measured)
                .pictures(sample)
                .curves(LossCurves.read(run.metrics()))
                .facts("Configuration", Train.facts(config))
                .facts("Machine", Machine.facts())
                .write(out.resolve("report.html"));
    }
}
