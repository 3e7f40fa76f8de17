package dev.obverse.examples.command;

import dev.obverse.drn.RunFolder;
import dev.obverse.nn.log.MetricsLog;
import dev.obverse.nn.log.TensorBoardWriter;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;

/**
 * Writes every step of a run into its {@code metrics.jsonl}, {@code {"step":1,"epoch":0,"loss":6.1,"id":0.3,..}}, and
 * for TensorBoard.
 */
final class StepLog implements TrainListener, AutoCloseable {
    private final MetricsLog metrics;
    private final TensorBoardWriter tensorBoard;

    /** @param step the last step done; what the files hold of later ones does not count */
    StepLog(RunFolder folder, long step) throws IOException {
        metrics = new MetricsLog(folder.metrics(), step);
        tensorBoard = new TensorBoardWriter(folder.tensorboard(), step);
    }

    @Override
    public void onStep(StepReport report) {
        var curves = new LinkedHashMap<String, Double>();
        curves.put("loss", report.total());
        curves.putAll(report.terms());
        if (Double.isFinite(report.gradientNorm())) {
            curves.put("gradientNorm", report.gradientNorm());
        }
        var line = new LinkedHashMap<String, Object>();
        line.put("epoch", report.epoch());
        line.putAll(curves);
        line.put("lrFactor", report.lrFactor());
        try {
            metrics.write(report.step(), line);
            for (var curve : curves.entrySet()) {
                tensorBoard.scalar("train/" + curve.getKey(), curve.getValue(), report.step());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        metrics.close();
        tensorBoard.close();
    }
}
