package dev.obverse.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Timing PEER = new Timing("libtorch", "channels_last", new double[] {30e6, 20e6, 60e6}, 2, 900);

    @Test
    void oneStep() {
        var json = Report.single(Rows.step(10, List.of()));
        var names = new ArrayList<String>();
        json.fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("medianMs", "minMs", "toFirstMs", "peakRssMb", "gflops"), names);
        assertEquals(10, json.get("medianMs").asDouble(), 1e-3);
        assertEquals(5, json.get("minMs").asDouble(), 1e-3);
        assertEquals(1500, json.get("toFirstMs").asDouble());
        assertEquals(300, json.get("peakRssMb").asDouble());
    }

    @Test
    void peersStandBesideIt() {
        var peer = Report.single(Rows.step(10, List.of(PEER))).get("peers").get("libtorch");
        assertEquals(30, peer.get("medianMs").asDouble());
        assertEquals("channels_last", peer.get("setting").asText());
    }

    @Test
    void manyRows() {
        var json = Report.table(2, List.of(Rows.gemm(256, 0.5), Rows.step(10, List.of(PEER))));
        assertEquals(2, json.get("threads").asInt());
        var gemm = json.get("rows").get(0);
        assertEquals("gemm:256", gemm.get("code").asText());
        assertEquals(0.5, gemm.get("share").asDouble(), 1e-3);
        assertEquals(500, gemm.get("gflops").asDouble(), 1e-1);
        assertEquals(3, json.get("rows").get(1).get("peers").get(0).get("ratio").asDouble(), 1e-3);
    }

    @Test
    void tableHasARowForEachWorkAndPeer() {
        var text = new StringWriter();
        var table = new Table(new PrintWriter(text), true);
        table.header();
        table.row(Rows.step(10, List.of(PEER, PEER)));
        var lines = text.toString().lines().toList();
        assertEquals(6, lines.size(), text::toString); // header, ours with a peer, a peer, three starts
        assertEquals(true, lines.get(1).contains("3.00x  libtorch, channels_last"), text::toString);
    }
}
