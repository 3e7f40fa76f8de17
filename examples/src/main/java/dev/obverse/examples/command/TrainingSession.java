package dev.obverse.examples.command;

import dev.obverse.drn.RunFolder;
import dev.obverse.drn.Tracer;
import dev.obverse.drn.TrainingRun;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.report.HtmlReport;
import dev.obverse.drn.report.LossCurves;
import dev.obverse.drn.report.Machine;
import dev.obverse.drn.report.PictureGrid;
import dev.obverse.drn.report.TracedPair;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Training with all that surrounds it: progress, log, checkpoints, sample pictures, Ctrl-C, the report. */
final class TrainingSession {
    /** Exit code after Ctrl-C, as of any program. */
    static final int INTERRUPTED = 130;

    private static final int PICTURES = 6;

    private final RunFolder folder;
    private final TrainingRun run;
    private final PairDataset data;
    private final PairDataset shown;
    private final float[][] recognised;

    /** @param recognised z_pre of each pair's original */
    TrainingSession(RunFolder folder, TrainingRun run, PairManifest manifest, PairDataset data, float[][] recognised) {
        this.folder = folder;
        this.run = run;
        this.data = data;
        var unseen = manifest.rows(Split.TEST);
        this.shown = unseen.isEmpty() ? data : data.of(unseen);
        this.recognised = recognised;
    }

    /**
     * How training ended.
     *
     * @param loss total of the last step, NaN if there was none
     */
    record Ended(long steps, double loss, double seconds, boolean interrupted) {}

    long plannedSteps() {
        return run.config().steps();
    }

    /**
     * Trains until the planned steps are done or Ctrl-C; either way the last step is in a checkpoint.
     *
     * @param report told how it ended; after a Ctrl-C the process lasts no longer than this call
     */
    Ended train(Shared shared, int checkpointEvery, Consumer<Ended> report) throws IOException {
        try (var interruption = new Interruption()) {
            double loss;
            double seconds;
            try (var progress = shared.progress("training", plannedSteps(), "steps");
                    var log = new StepLog(folder, run.steps())) {
                var watch = new Watch(progress, interruption, checkpointEvery);
                run.fit(data, recognised, log, watch);
                run.save();
                loss = watch.loss;
                seconds = progress.seconds();
            }
            boolean interrupted = run.steps() < plannedSteps();
            if (interrupted) {
                shared.err()
                        .println(
                                "Interrupted after step %d of %d, which is saved; go on with: obverse train --resume --out %s"
                                        .formatted(run.steps(), plannedSteps(), folder.path()));
            } else {
                writeReport();
                shared.say("Trained to step %d in %s: %s"
                        .formatted(run.steps(), Progress.duration(seconds), folder.report()));
            }
            var ended = new Ended(run.steps(), loss, seconds, interrupted);
            report.accept(ended);
            return ended;
        }
    }

    private final class Watch implements TrainListener {
        private final Progress progress;
        private final Interruption interruption;
        private final int checkpointEvery;
        private double loss = Double.NaN;

        Watch(Progress progress, Interruption interruption, int checkpointEvery) {
            this.progress = progress;
            this.interruption = interruption;
            this.checkpointEvery = checkpointEvery;
        }

        @Override
        public void onStep(StepReport report) {
            loss = report.total();
            progress.at(report.step(), words(report));
            if (report.step() % checkpointEvery == 0 && report.step() < plannedSteps()) {
                try {
                    run.save();
                    drawSamples();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public boolean shouldStop(long steps) {
            return interruption.isRequested();
        }
    }

    private static String words(StepReport report) {
        var words = new StringBuilder(String.format(Locale.ROOT, "loss %.3f", report.total()));
        report.terms().forEach((name, value) -> words.append(String.format(Locale.ROOT, " %s %.3f", name, value)));
        return words.toString();
    }

    private List<TracedPair> samples() throws IOException {
        var samples = TracedPair.sample(new Tracer(run.network()), shown, PICTURES);
        run.network().train();
        return samples;
    }

    private void drawSamples() throws IOException {
        Files.createDirectories(folder.samples());
        PictureGrid.ofPairs(samples())
                .draw()
                .writePng(folder.samples().resolve("step-%06d.png".formatted(run.steps())));
    }

    private void writeReport() throws IOException {
        drawSamples();
        var architecture = run.config().drn().architecture();
        new HtmlReport(
                        "Training of "
                                + folder.path().toAbsolutePath().normalize().getFileName(),
                        "Step %d, width %d, %dx%d, seed %d"
                                .formatted(
                                        run.steps(),
                                        architecture.width(),
                                        architecture.size(),
                                        architecture.size(),
                                        run.config().seed()))
                .pictures(samples())
                .curves(LossCurves.read(folder.metrics()))
                .facts("Configuration", Train.facts(run.config()))
                .facts("Machine", Machine.facts())
                .write(folder.report());
    }
}
