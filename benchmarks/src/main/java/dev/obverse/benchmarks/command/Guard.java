package dev.obverse.benchmarks.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The shares of peak that were reached once, kept in a file, and what was lost of them since. Shares, not times: the
 * peak is measured beside the work, so a busy or a slower machine alarms nobody. Another kind of processor may.
 */
final class Guard {
    /** A hot path that lost more than this has been lost. */
    static final double ALLOWED_LOSS = 0.15;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Double> shares;

    private Guard(Map<String, Double> shares) {
        this.shares = shares;
    }

    /** @throws IllegalArgumentException if the file holds no baseline */
    static Guard read(Path file) throws IOException {
        JsonNode node;
        try {
            node = JSON.readTree(Files.readString(file)).path("shares");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!node.isObject() || node.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " holds no baseline: write one with bench --guard-update " + file);
        }
        var shares = new TreeMap<String, Double>();
        for (var entry : node.properties()) {
            double share = entry.getValue().asDouble(Double.NaN);
            if (!(share > 0)) {
                throw new IllegalArgumentException(file + ": the share of " + entry.getKey()
                        + " must be a positive number, not " + entry.getValue());
            }
            shares.put(entry.getKey(), share);
        }
        return new Guard(shares);
    }

    static void write(Path file, String measuredOn, List<Row> rows) throws IOException {
        var json = JsonNodeFactory.instance.objectNode().put("measuredOn", measuredOn);
        var shares = json.putObject("shares");
        for (var row : rows) {
            shares.put(row.work().code(), Math.round(row.bestShare() * 1e3) / 1e3);
        }
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    /** Has this row lost more than is allowed? A row that the baseline does not know has not. */
    boolean hasLost(Row row) {
        var share = shares.get(row.work().code());
        return share != null && row.bestShare() < (1 - ALLOWED_LOSS) * share;
    }

    /** A sentence for each hot path that lost too much, and for each of the baseline that was not measured. */
    List<String> complaints(List<Row> rows) {
        var complaints = new ArrayList<String>();
        var left = new TreeMap<>(shares);
        for (var row : rows) {
            var share = left.remove(row.work().code());
            if (share != null && hasLost(row)) {
                complaints.add("%s fell from %.0f %% of peak to %.0f %%"
                        .formatted(row.work().title(), 100 * share, 100 * row.bestShare()));
            }
        }
        left.keySet().forEach(code -> complaints.add(code + " is in the baseline, but was not measured"));
        return complaints;
    }
}
