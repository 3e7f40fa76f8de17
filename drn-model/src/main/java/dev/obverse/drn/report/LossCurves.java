package dev.obverse.drn.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Reads curves from a run's {@code metrics.jsonl}: a JSON object with a step and named numbers on each line. */
public final class LossCurves {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> NO_CURVES = Set.of("step", "epoch", "lrFactor");

    private LossCurves() {}

    /** All curves in the order of their first appearance; none if there is no file. A torn last line is left out. */
    public static List<LossCurve> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        var steps = new LinkedHashMap<String, List<Double>>();
        var values = new LinkedHashMap<String, List<Double>>();
        try (var lines = Files.newBufferedReader(file)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var json = parse(line);
                json.properties().forEach(field -> {
                    var name = field.getKey();
                    if (field.getValue().isNumber() && !NO_CURVES.contains(name)) {
                        steps.computeIfAbsent(name, _ -> new ArrayList<>())
                                .add(json.path("step").asDouble());
                        values.computeIfAbsent(name, _ -> new ArrayList<>())
                                .add(field.getValue().asDouble());
                    }
                });
            }
        }
        var curves = new ArrayList<LossCurve>();
        values.forEach((name, y) ->
                curves.add(new LossCurve(name, array(steps.getOrDefault(name, List.of())), array(y))));
        return curves;
    }

    private static JsonNode parse(String line) {
        try {
            var json = JSON.readTree(line);
            return json.path("step").isIntegralNumber() ? json : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    private static double[] array(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
