package dev.obverse.benchmarks.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Rows for programs. */
final class Report {
    private Report() {}

    static ObjectNode table(int threads, List<Row> rows) {
        var json = JsonNodeFactory.instance.objectNode().put("threads", threads);
        var list = json.putArray("rows");
        for (var row : rows) {
            list.add(row(row));
        }
        return json;
    }

    private static ObjectNode row(Row row) {
        var json = JsonNodeFactory.instance
                .objectNode()
                .put("code", row.work().code())
                .put("title", row.work().title());
        timing(row, row.ours(), json)
                .put(row.work().flops() > 0 ? "gflops" : "gigabytesPerSecond", rounded(row.rate()))
                .put("share", rounded(row.share()))
                .put("peakGflops", rounded(row.peak()))
                .put("copyGigabytesPerSecond", rounded(row.copy()));
        var peers = json.putArray("peers");
        for (var peer : row.peers()) {
            var node = peers.addObject().put("side", peer.side()).put("setting", peer.setting());
            timing(row, peer, node).put("ratio", rounded(row.ratio(peer)));
        }
        return json;
    }

    private static ObjectNode timing(Row row, Timing timing, ObjectNode json) {
        json.put("medianMs", rounded(timing.medianMs())).put("minMs", rounded(timing.minMs()));
        if (row.work().ownProcess()) {
            json.put("toFirstMs", rounded(timing.secondsToFirst() * 1e3))
                    .put("peakRssMb", rounded(timing.peakResidentMiB()));
        }
        return json;
    }

    /** One training step or one trace: {@code medianMs, minMs, toFirstMs, peakRssMb, gflops}, and the peers if any. */
    static ObjectNode single(Row row) {
        var json =
                timing(row, row.ours(), JsonNodeFactory.instance.objectNode()).put("gflops", rounded(row.rate()));
        if (!row.peers().isEmpty()) {
            var peers = json.putObject("peers");
            for (var peer : row.peers()) {
                timing(row, peer, peers.putObject(peer.side())).put("setting", peer.setting());
            }
        }
        return json;
    }

    /** To four decimals: no more was measured. */
    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
