package dev.obverse.drn.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.nn.train.StepReport;
import dev.obverse.nn.train.TrainListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * {@code metrics.jsonl}: a JSON object for each training step, one a line.
 *
 * <pre>{@code {"step":1,"epoch":0,"total":6.1,"terms":{"id":0.3,..},"lrFactor":0.01,"gradientNorm":2.5}}</pre>
 */
public final class MetricsLog implements TrainListener {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    private MetricsLog(Path file) {
        this.file = file;
    }

    /**
     * Goes on with a file, or begins it. Lines of later steps than {@code steps}, which a run that was cut off wrote
     * after its last checkpoint, are dropped; so is half a line.
     */
    public static MetricsLog open(Path file, long steps) throws IOException {
        if (Files.exists(file)) {
            var kept = new StringBuilder();
            for (var line : Files.readAllLines(file)) {
                var json = parse(line);
                if (json != null && json.path("step").asLong() <= steps) {
                    kept.append(line).append('\n');
                }
            }
            Files.writeString(file, kept);
        }
        return new MetricsLog(file);
    }

    private static @org.jspecify.annotations.Nullable JsonNode parse(String line) {
        try {
            var json = JSON.readTree(line);
            return json.path("step").isIntegralNumber() ? json : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    @Override
    public void onStep(StepReport report) {
        var line = JSON.createObjectNode();
        line.put("step", report.step()).put("epoch", report.epoch()).put("total", report.total());
        var terms = line.putObject("terms");
        report.terms().forEach((name, value) -> terms.put(name, value.doubleValue()));
        line.put("lrFactor", report.lrFactor());
        if (Double.isFinite(report.gradientNorm())) {
            line.put("gradientNorm", report.gradientNorm());
        }
        try {
            Files.write(
                    file,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The curves of the total and of each term; empty if there is no file. Lines cut off are left out. */
    public static List<LossCurve> curves(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        var steps = new ArrayList<Double>();
        var values = new LinkedHashMap<String, List<Double>>();
        for (var line : Files.readAllLines(file)) {
            var json = parse(line);
            if (json != null) {
                steps.add(json.path("step").asDouble());
                values.computeIfAbsent("total", _ -> new ArrayList<>()).add(value(json.path("total")));
                json.path("terms").properties().forEach(term -> values.computeIfAbsent(
                                term.getKey(), _ -> new ArrayList<>())
                        .add(value(term.getValue())));
            }
        }
        var x = steps.stream().mapToDouble(Double::doubleValue).toArray();
        var curves = new ArrayList<LossCurve>();
        values.forEach((name, y) -> {
            if (y.size() == x.length) {
                curves.add(new LossCurve(
                        name, x, y.stream().mapToDouble(Double::doubleValue).toArray()));
            }
        });
        return curves;
    }

    private static double value(JsonNode number) {
        return number.isNumber() ? number.doubleValue() : Double.NaN;
    }
}
