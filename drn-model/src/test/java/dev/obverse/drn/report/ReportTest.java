package dev.obverse.drn.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.Evaluation;
import dev.obverse.drn.Evaluation.Row;
import dev.obverse.drn.Identification;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Evaluation EVALUATION =
            new Evaluation(new Row(24.312, 0, 0.8512, 62.1, 71.33), new Row(27.95, 1, 0.902, 78.42, null), 40, null);
    private static final Evaluation NO_JUDGE =
            new Evaluation(new Row(24, 0, 0.85, null, null), new Row(Double.NaN, 40, 1, null, null), 40, null);

    private static Measured measured(Leak leak, boolean supervised) {
        return new Measured(EVALUATION, "test", leak, "small-2", supervised, 1.5);
    }

    @Test
    void tableHasBothRowsTheirDifferenceAndTheSentence() {
        var text = MetricsTable.text(measured(Leak.NONE, false));
        assertTrue(text.contains("do nothing       24.31      0.8512       62.10       71.33\n"), text);
        assertTrue(text.contains("traced           27.95      0.9020       78.42         n/a\n"), text);
        assertTrue(text.contains("difference       +3.64     +0.0508      +16.32         n/a\n"), text);
        assertTrue(text.contains("1 traced picture equals its original"), text);
        assertFalse(text.contains("Warning"), text);
        assertTrue(text.endsWith(Measured.NOT_PROOF + "\n"), text);
    }

    @Test
    void tableWarnsOfAJudgeThatSupervisedAndOfALeak() {
        var text = MetricsTable.text(measured(Leak.VIDEOS, true));
        assertTrue(text.contains("Warning: Frames of one video"), text);
        assertTrue(text.contains("Warning: The recogniser that measures similarity also supervised"), text);
    }

    @Test
    void jsonHasTheAgreedKeysFirstAndNullForWhatDoesNotExist() {
        var json = EvaluationJson.of(new Measured(NO_JUDGE, "all", Leak.NONE, null, false, 1.5))
                .toString();
        assertTrue(
                json.startsWith(
                        "{\"doNothing\":{\"psnr\":24.0,\"ssim\":0.85,\"similarity\":null,\"donorSimilarity\":null},"
                            + "\"traced\":{\"psnr\":null,\"ssim\":1.0,\"similarity\":null,\"donorSimilarity\":null},"
                            + "\"pairs\":40,\"split\":\"all\",\"seconds\":1.5,"),
                json);
    }

    @Test
    void leakIsTheWorstThatApplies() {
        assertEquals(Leak.NONE, leak("v1", "a", "b", "v2", "c", "d"));
        assertEquals(Leak.PEOPLE, leak("v1", "a", "b", "v2", "c", "a"));
        assertEquals(Leak.VIDEOS, leak("v1", "a", "b", "v1", "a", "b"));
        assertEquals(Leak.TRAINED, Leak.of(new PairManifest(Path.of("."), List.of()), null));
    }

    private static Leak leak(String video1, String a, String b, String video2, String c, String d) {
        var train = new PairManifest.Row("1", "o", "f", a, b, video1, Split.TRAIN);
        var test = new PairManifest.Row("2", "o", "f", c, d, video2, Split.TEST);
        return Leak.of(new PairManifest(Path.of("."), List.of(train, test)), Split.TEST);
    }

    @Test
    void curvesAreReadFromJsonLinesWithoutATornOne(@TempDir Path folder) throws IOException {
        var file = folder.resolve("metrics.jsonl");
        Files.writeString(file, """
            {"step":1,"epoch":0,"loss":3.5,"id":1.0,"lrFactor":0.1}
            {"step":2,"epoch":0,"loss":2.5,"id":"NaN","lrFactor":0.2}
            {"step":3,"epo\
            """);
        var curves = LossCurves.read(file);
        assertEquals(List.of("loss", "id"), curves.stream().map(LossCurve::name).toList());
        assertArrayEquals(new double[] {1, 2}, curves.getFirst().steps());
        assertArrayEquals(new double[] {3.5, 2.5}, curves.getFirst().values());
        assertArrayEquals(new double[] {1}, curves.getLast().steps());
        assertEquals(List.of(), LossCurves.read(folder.resolve("none")));
    }

    @Test
    void thinningKeepsTheMeanAndSmoothingAConstant() {
        var curve = new LossCurve("x", new double[] {1, 2, 3, 4, 5}, new double[] {2, 4, Double.NaN, 8, 1});
        assertArrayEquals(new double[] {1.5, 3.5, 5}, curve.thinned(3).steps());
        assertArrayEquals(new double[] {3, 8, 1}, curve.thinned(3).values());
        var constant = new double[100];
        Arrays.fill(constant, 7);
        assertArrayEquals(
                constant, new LossCurve("c", constant, constant).smoothed().values());
    }

    @Test
    void ticksAreRoundAndCoverTheAxis() {
        assertEquals(List.of(0.0, 200.0, 400.0, 600.0, 800.0), Chart.ticks(0, 900, 6));
        assertEquals(List.of(0.0, 2.0, 4.0), Chart.ticks(0, 4.9, 4));
        assertEquals("0.05", Chart.number(0.05));
        assertEquals("1200", Chart.number(1200));
        assertEquals("-0.3", Chart.number(-0.30000000000000004));
    }

    @Test
    void pageStandsAloneAndEscapesWhatItShows() {
        var picture = new RgbImage(8, 8);
        var pair = new TracedPair("<script>", picture, picture, picture);
        var seconds = new LinkedHashMap<String, Double>();
        seconds.put("training", 3.0);
        var html = new HtmlReport("A & B", "sub")
                .figures(measured(Leak.VIDEOS, false))
                .pictures(List.of(pair))
                .curves(List.of(
                        new LossCurve("id", new double[] {1, 2}, new double[] {0.5, 0.25}),
                        new LossCurve("redun", new double[] {1, 2}, new double[] {-0.5, 0.25}),
                        new LossCurve("empty", new double[] {1}, new double[] {Double.NaN})))
                .facts("Machine", Map.of("path", "<x>"))
                .times(seconds)
                .html();
        assertFalse(html.contains("<script"), "no scripts, and text is escaped");
        assertFalse(html.matches("(?s).*(href|src)=\"(?!data:).*"), "nothing is loaded from elsewhere");
        assertTrue(html.contains("A &amp; B") && html.contains("&lt;x&gt;"), "escaped");
        assertTrue(html.contains(Measured.NOT_PROOF), "the sentence");
        assertTrue(html.contains("Warning: Frames of one video"), "the warning");
        assertTrue(html.contains("not above 0: linear"), "a curve that no logarithmic axis can show");
        assertEquals(4, html.split("data:image/png;base64,", -1).length - 1, "original, fake, traced, mask");
    }

    @Test
    void peakMemoryIsThatOfThisProcess() {
        var peak = Machine.peakMemoryMb();
        assertEquals(Files.exists(Path.of("/proc/self/status")), peak.isPresent());
        peak.ifPresent(mb -> assertTrue(mb > 10 && mb < 1_000_000, mb + " MB"));
    }

    @Test
    void whoWasFoundInAGalleryIsInTableJsonAndPage() {
        var nothing = new Identification.Row(new double[] {0.25, 0.5, 1}, List.of());
        var traced = new Identification.Row(new double[] {0.5, 1, 1}, List.of());
        var found = new Identification(nothing, traced, 3, 4);
        var evaluation = new Evaluation(EVALUATION.doNothing(), EVALUATION.traced(), 40, found);
        var measured = new Measured(evaluation, "test", Leak.NONE, "small-2", false, 1.5);
        var text = MetricsTable.text(measured);
        assertTrue(text.contains("Of 4 pairs, found among 3 people: do nothing rank-1 25.0 %, rank-5 100.0 %;"), text);
        var json = EvaluationJson.of(measured).path("identification").toString();
        assertEquals(
                "{\"people\":3,\"pairs\":4,\"doNothing\":{\"rank1\":0.25,\"rank5\":1.0,\"cmc\":[0.25,0.5,1.0]},"
                        + "\"traced\":{\"rank1\":0.5,\"rank5\":1.0,\"cmc\":[0.5,1.0,1.0]}}",
                json);
        var html = new HtmlReport("A", "b").figures(measured).html();
        // ranks 1, 2, 3 across, a quarter, a half and all of the height up
        assertTrue(html.contains("<path class=\"nothing\" d=\"M46.0 98.0L159.0 68.0L272.0 8.0\"/>"), html);
        assertTrue(html.contains("<path class=\"means\" d=\"M46.0 68.0L159.0 8.0L272.0 8.0\"/>"), html);
        assertTrue(html.contains("<td>25.0 %</td><td>100.0 %</td>"), html);
        assertFalse(EvaluationJson.of(measured(Leak.NONE, false)).has("identification"));
    }
}
