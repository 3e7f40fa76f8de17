package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.face.EmbeddingTable;
import dev.obverse.nn.checkpoint.Npy;
import dev.obverse.nn.checkpoint.SafeTensors;
import dev.obverse.nn.onnx.OnnxModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From synthetic pairs to traced pictures through the command line, at the smallest size there is. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandLineTest {
    @TempDir
    private static Path folder;

    private static String pairs;
    private static String recogniser;
    private static String run;

    @BeforeAll
    static void makeARun() throws IOException {
        var tiny = TinyRun.in(folder);
        pairs = tiny.pairs().toString();
        recogniser = tiny.recogniser().toString();
        run = tiny.run().toString();
    }

    private static JsonNode json(Cli.Result result) throws IOException {
        assertEquals(0, result.code(), result.err());
        var lines = result.out().strip().lines().toList();
        return new JsonMapper().readTree(lines.getLast());
    }

    @Test
    @Order(1)
    void trainingLeavesWhatItShould() throws IOException {
        for (var file : List.of(
                "model.safetensors", "config.json", "metrics.jsonl", "report.html", "checkpoint/checkpoint.json")) {
            assertTrue(Files.size(Path.of(run, file)) > 0, file);
        }
        assertEquals(
                TinyRun.STEPS, Files.readAllLines(Path.of(run, "metrics.jsonl")).size());
        assertTrue(Files.exists(Path.of(run, "samples", "step-000004.png")));
    }

    @Test
    void jsonIsTheOnlyThingOnStdout() throws IOException {
        var result = Cli.run("evaluate", "--model", run, "--pairs", pairs, "--recogniser", recogniser, "--json");
        assertEquals(1, result.out().strip().lines().count(), result.out());
        var json = json(result);
        for (var row : List.of("doNothing", "traced")) {
            for (var figure : List.of("psnr", "ssim", "similarity", "donorSimilarity")) {
                assertTrue(json.path(row).path(figure).isNumber(), row + "." + figure + " in " + json);
            }
        }
        assertEquals(4, json.path("pairs").asInt());
        assertEquals("test", json.path("split").asText());
        assertTrue(json.path("seconds").asDouble() > 0);
        assertTrue(json.path("judgeSupervised").asBoolean(), "the judge supervised this run");
        assertTrue(result.err().contains("Warning: The recogniser that measures"), result.err());
        assertTrue(result.err().contains("not proof"), result.err());
    }

    @Test
    void evaluationWithoutAJudgeHasNoSimilarity() throws IOException {
        var out = folder.resolve("evaluation");
        var result = Cli.run("evaluate", "--model", run, "--pairs", pairs, "--split", "all", "--out", out.toString());
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("n/a"), result.out());
        assertTrue(result.out().contains("pairs the model was trained on"), result.out());
        assertTrue(new JsonMapper()
                .readTree(out.resolve("metrics.json").toFile())
                .path("traced")
                .path("similarity")
                .isNull());
        assertTrue(RgbImage.read(out.resolve("grid.png")).width() > 4 * 128);
        assertTrue(Files.readString(out.resolve("report.html")).contains("not proof"));
    }

    @Test
    void traceWritesThreePicturesOfAnyPicture() throws IOException {
        var image = folder.resolve("photo.of.me.png");
        new RgbImage(50, 70).writePng(image);
        var out = folder.resolve("trace");
        var json = json(Cli.run("trace", "--model", run, image.toString(), "--out", out.toString(), "--json"));
        assertEquals(1, json.path("images").size());
        var traced = RgbImage.read(out.resolve("photo.of.me-traced.png"));
        assertEquals(32, traced.width());
        assertEquals(32, RgbImage.read(out.resolve("photo.of.me-mask.png")).height());
        assertTrue(RgbImage.read(out.resolve("photo.of.me-side-by-side.png")).width() > 3 * 128);
    }

    @Test
    void sameSeedGivesTheSameWeightsAtAnyNumberOfThreads() throws IOException {
        var one = train("one", "--threads", "1");
        var two = train("two", "--threads", "2");
        assertArrayEquals(one, two);
        var other = train("other", "--seed", "2");
        assertFalse(Arrays.equals(one, other), "another seed, other weights");
    }

    private static byte[] train(String name, String... more) throws IOException {
        var out = folder.resolve(name);
        var args = new ArrayList<>(List.of(
                "train",
                "--pairs",
                pairs,
                "--preset",
                "tiny",
                "--steps",
                "4",
                "--recogniser",
                recogniser,
                "--out",
                out.toString()));
        args.addAll(List.of(more));
        var result = Cli.run(args.toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        return Files.readAllBytes(out.resolve("model.safetensors"));
    }

    @Test
    void initFromBeginsWithAnotherRunsWeights() throws IOException {
        train("init", "--init-from", run, "--lr", "1e-30");
        try (var before = SafeTensors.open(Path.of(run, "model.safetensors"));
                var after = SafeTensors.open(folder.resolve("init/model.safetensors"))) {
            for (var name : before.entries().keySet()) {
                if (!name.contains("running_")) { // batch norm's statistics follow the batches whatever the rate
                    assertArrayEquals(before.read(name), after.read(name), name + ": no step to speak of");
                }
            }
        }
    }

    @Test
    void exportedNetworkIsARecognisablePartOfTheWorld() throws IOException {
        var file = folder.resolve("out/traced.onnx");
        var json = json(Cli.run("export", "--model", run, "--out", file.toString(), "--json"));
        assertEquals(32, json.path("size").asInt());
        var module = OnnxModule.read(file);
        assertEquals("[fake [?, 3, 32, 32]]", module.inputs().toString());
        assertEquals(
                2, Cli.run("export", "--model", run, "--out", folder.toString()).code());
    }

    @Test
    void vectorsAreWrittenOnceAndKept() throws IOException {
        var file = folder.resolve("vectors.npy");
        var arguments = new String[] {
            "embed",
            "--recogniser",
            recogniser,
            "--pairs",
            pairs,
            "--cache",
            folder.resolve("cache").toString(),
            "--out",
            file.toString(),
            "--json"
        };
        var json = json(Cli.run(arguments));
        assertEquals(32, json.path("count").asInt());
        var first = Files.readAllBytes(file);
        assertEquals("[32,16]", Npy.read(file).shape().toString());
        assertEquals(0, Cli.run(arguments).code());
        assertArrayEquals(first, Files.readAllBytes(file));
        assertEquals(
                2,
                Cli.run("embed", "--recogniser", recogniser, "--pairs", pairs).code());
    }

    @Test
    void aRunTrainsOnVectorsFromAFile() throws IOException {
        var vectors = folder.resolve("supervision.safetensors");
        var cache = folder.resolve("supervision").toString();
        var embed = new String[] {
            "embed", "--recogniser", recogniser, "--pairs", pairs, "--cache", cache, "--out", vectors.toString()
        };
        assertEquals(0, Cli.run(embed).code());
        var byNetwork = train("by-network");
        assertArrayEquals(byNetwork, train("by-file", "--recogniser", vectors.toString()));

        var out = folder.resolve("by-file").toString();
        var resumed = Cli.run("train", "--resume", "--preset", "tiny", "--steps", "6", "--out", out);
        assertEquals(0, resumed.code(), resumed.err());
        assertEquals(6, Files.readAllLines(Path.of(out, "metrics.jsonl")).size());

        // the same names, other vectors
        var table = EmbeddingTable.read(vectors);
        table.rows().values().forEach(row -> row[0] += 1);
        table.write(vectors);
        var changed = Cli.run("train", "--resume", "--preset", "tiny", "--steps", "8", "--out", out);
        assertEquals(1, changed.code());
        assertTrue(changed.err().contains("it has been changed"), changed.err());
        assertFalse(Arrays.equals(byNetwork, train("by-other-file", "--recogniser", vectors.toString())));
    }

    @Test
    void theGalleryIsRankedForFakeAndTraced() throws IOException {
        var manifest = PairManifest.read(Path.of(pairs));
        var gallery = folder.resolve("gallery");
        for (var row : manifest.rows()) {
            var person = Files.createDirectories(gallery.resolve(row.originalId()));
            Files.copy(manifest.originalFile(row), person.resolve(row.pairId() + ".png"));
        }
        var fake = manifest.fakeFile(manifest.rows().getFirst()).toString();
        var out = folder.resolve("identify");
        var cache = folder.resolve("gallery-cache").toString();
        var json = json(Cli.run(
                "identify",
                "--model",
                run,
                "--recogniser",
                recogniser,
                "--gallery",
                gallery.toString(),
                "--validation",
                pairs,
                "--cache",
                cache,
                "--out",
                out.toString(),
                "--json",
                fake));
        assertEquals(4, Integer.parseInt(json.path("calibratedOn").asText().split(" ")[0]));
        var image = json.path("images").get(0);
        assertEquals(64, image.path("sha256").asText().length());
        assertEquals(64, json.path("sha256").path("gallery").asText().length());
        assertEquals(64, json.path("sha256").path("validation").asText().length());
        int people = gallery.toFile().list().length;
        assertEquals(people, image.path("fake").path("ranked").size());
        assertEquals(people, image.path("traced").path("ranked").size());
        var traced = image.path("traced");
        assertTrue(traced.path("rightBefore").isNumber() != traced.has("outside"), traced.toString());
        var page = Files.readString(out.resolve("evidence.html"));
        assertTrue(page.contains(image.path("sha256").asText()) && page.contains("not proof"));
        assertTrue(Files.size(out.resolve("identify.json")) > 0);

        var evaluated = json(Cli.run(
                        "evaluate",
                        "--model",
                        run,
                        "--pairs",
                        pairs,
                        "--split",
                        "all",
                        "--recogniser",
                        recogniser,
                        "--gallery",
                        gallery.toString(),
                        "--cache",
                        cache,
                        "--out",
                        folder.resolve("found").toString(),
                        "--json"))
                .path("identification");
        assertEquals(16, evaluated.path("pairs").asInt());
        assertEquals(people, evaluated.path("traced").path("cmc").size());
        assertEquals(1, evaluated.path("doNothing").path("cmc").get(people - 1).asDouble());
        assertEquals(
                evaluated.path("traced").path("cmc").get(0),
                evaluated.path("traced").path("rank1"));
        var report = Files.readString(folder.resolve("found/report.html"));
        assertTrue(report.contains("Found in the gallery"), "the curve");
        assertEquals(1, Path.of(cache).toFile().list().length, "both commands keep their vectors in one file");
        assertFalse(Files.exists(out.resolve("embeddings")), "and not among the evidence");
    }

    @Test
    void demoBeginsFromNothing() throws IOException {
        var out = folder.resolve("demo");
        var json = json(Cli.run(
                "demo",
                "--preset",
                "tiny",
                "--identities",
                "6",
                "--pairs",
                "12",
                "--takes",
                "2",
                "--recogniser-epochs",
                "1",
                "--steps",
                "3",
                "--out",
                out.toString(),
                "--json"));
        assertTrue(json.path("traced").path("donorSimilarity").isNumber(), json.toString());
        assertFalse(json.path("judgeSupervised").asBoolean());
        assertEquals("none", json.path("leak").asText());
        for (var file : List.of("model.safetensors", "metrics.json", "grid.png", "report.html", "data/pairs.csv")) {
            assertTrue(Files.size(out.resolve(file)) > 0, file);
        }
        var again = Cli.run("demo", "--out", out.toString());
        assertEquals(1, again.code());
        assertTrue(again.err().contains("not empty"), again.err());
    }
}
