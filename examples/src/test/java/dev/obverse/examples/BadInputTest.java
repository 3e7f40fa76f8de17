package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.face.EmbeddingTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong, one line says so and what to do, and the exit code is 1 or 2. */
class BadInputTest {
    private static final String HEADER = "pair_id,original,fake,original_id,donor_id,video,split\n";

    @TempDir
    private static Path folder;

    private static TinyRun tiny;
    private static int number;

    @BeforeAll
    static void makeARun() {
        tiny = TinyRun.in(folder);
    }

    /** One line on stderr apart from words of progress, no stack trace, and no JSON. */
    private static void refused(int code, String sentence, String... args) {
        var result = Cli.run(args);
        var lines =
                result.err().lines().filter(line -> line.startsWith("obverse")).toList();
        assertEquals(code, result.code(), result.err());
        assertEquals(1, lines.size(), result.err());
        assertTrue(lines.getFirst().contains(sentence), "expected '" + sentence + "' in: " + lines.getFirst());
        assertTrue(result.err().stripTrailing().endsWith(lines.getFirst()), "nothing after it: " + result.err());
    }

    private static String[] train(String pairs, String... more) {
        var always = Stream.of(
                "train",
                "--pairs",
                pairs,
                "--preset",
                "tiny",
                "--steps",
                "2",
                "--recogniser",
                tiny.recogniser().toString(),
                "--out",
                folder.resolve("bad" + number++).toString());
        return Stream.concat(always, Arrays.stream(more)).toArray(String[]::new);
    }

    private static String pairs() {
        return tiny.pairs().toString();
    }

    private static String manifest(String text) throws IOException {
        var file = tiny.pairs().resolveSibling("bad" + number++ + ".csv");
        Files.writeString(file, text);
        return file.toString();
    }

    /** A row whose fake is a file of these bytes. */
    private static String manifestWith(byte[] fake) throws IOException {
        var file = tiny.pairs().resolveSibling("bad" + number++ + ".png");
        Files.write(file, fake);
        return manifest(HEADER + "p1,original/p000001.png," + file.getFileName() + ",a,b,v,train\n");
    }

    @Test
    void manifests() throws IOException {
        refused(1, "does not exist", train(folder.resolve("none.csv").toString()));
        refused(1, "is empty", train(manifest("")));
        refused(1, "has a header but no pairs", train(manifest(HEADER)));
        refused(1, "has the columns a,b; expected pair_id,original", train(manifest("a,b\n1,2\n")));
        refused(
                1,
                "which does not exist",
                train(manifest(HEADER + "p1,original/p000001.png,fake/gone.png,a,b,v,train\n")));
        refused(
                1,
                "has no train pairs",
                train(manifest(HEADER + "p1,original/p000001.png,fake/p000001.png,a,b,v,test\n")));
        refused(
                2,
                "Missing required option: '--pairs=FILE'",
                "train",
                "--out",
                folder.resolve("x").toString());
    }

    @Test
    void pictures() throws IOException {
        var whole = Files.readAllBytes(tiny.pairs().resolveSibling("fake/p000001.png"));
        refused(1, "is damaged", train(manifestWith(Arrays.copyOf(whole, whole.length / 2))));
        refused(1, "is empty (0 bytes)", train(manifestWith(new byte[0])));
        refused(1, "is not a picture", train(manifestWith("a text".getBytes(StandardCharsets.UTF_8))));
        var text = folder.resolve("text.png");
        Files.writeString(text, "not a picture");
        refused(1, "is not a picture", "trace", "--model", tiny.run().toString(), text.toString());
        refused(1, "does not exist", "trace", "--model", tiny.run().toString(), "nowhere.png");
        refused(2, "IMAGE", "trace", "--model", tiny.run().toString());
    }

    @Test
    void picturesOfAnotherSizeAreResizedAndThatIsSaidOnce() {
        var result = Cli.run(train(pairs(), "--size", "40"));
        assertEquals(0, result.code(), result.err());
        assertEquals(
                1, result.err().lines().filter(line -> line.contains("resized")).count(), result.err());
    }

    @Test
    void weights() throws IOException {
        var run = folder.resolve("cut");
        Files.createDirectories(run);
        Files.copy(tiny.run().resolve("config.json"), run.resolve("config.json"));
        var whole = Files.readAllBytes(tiny.run().resolve("model.safetensors"));
        Files.write(run.resolve("model.safetensors"), Arrays.copyOf(whole, whole.length - 100));
        refused(1, "model.safetensors", "evaluate", "--model", run.toString(), "--pairs", pairs());

        Files.write(run.resolve("model.safetensors"), whole);
        var config = Files.readString(run.resolve("config.json"));
        Files.writeString(run.resolve("config.json"), config.replaceFirst("\"width\" : 4", "\"width\" : 8"));
        refused(
                1,
                "tensor 'identityEncoder.stage1.conv1.weight' has shape",
                "evaluate",
                "--model",
                run.toString(),
                "--pairs",
                pairs());

        Files.writeString(run.resolve("config.json"), "{");
        refused(1, "cannot be understood", "evaluate", "--model", run.toString(), "--pairs", pairs());
        refused(1, "is not a run folder", "trace", "--model", folder.toString(), "x.png");
        refused(1, "is not a recogniser's folder", train(pairs(), "--recogniser", folder.toString()));
    }

    @Test
    void options() {
        refused(
                2,
                "Unknown preset 'huge': use one of [paper, recommended, small, tiny]",
                train(pairs(), "--preset", "huge"));
        refused(2, "is not a multiple of 8", train(pairs(), "--size", "36"));
        refused(2, "Unknown device 'gpu'", train(pairs(), "--device", "gpu"));
        refused(2, "--threads must be at least 1, not 0", train(pairs(), "--threads", "0"));
        refused(2, "--steps", train(pairs(), "--steps", "0"));
        refused(2, "'many' is not a whole number", train(pairs(), "--steps", "many"));
        refused(2, "'1e10' is not a whole number, or too large", train(pairs(), "--batch", "1e10"));
        refused(2, "'small' is not a number", train(pairs(), "--lr", "small"));
        refused(2, "--batch", train(pairs(), "--batch", "many"));
        refused(2, "--colour", train(pairs(), "--colour"));
        refused(2, "identities must be at least 4, not 2", "synth", "--identities", "2");
        refused(2, "--portraits must be at least 0, not -1", "synth", "--portraits", "-1");
        refused(2, "a command is missing");
        refused(2, "there is no command 'swap'", "swap");
        refused(2, "--split", "evaluate", "--model", "m", "--pairs", pairs(), "--split", "dev");
    }

    @Test
    void recognisers() throws IOException {
        refused(1, "does not exist", embed(folder.resolve("none").toString()));
        refused(1, "is not a recogniser's folder", embed(tiny.run().toString()));
        var other = folder.resolve("other.onnx");
        Files.writeString(other, "not a graph");
        refused(1, "is not an ONNX file", embed(other.toString()));
        var own = tiny.recogniser().toString();
        refused(1, "says itself how it wants its pictures", embed(own, "--recogniser-input", "imagenet"));
        refused(2, "Unknown recogniser input 'rgba'", embed(own, "--recogniser-input", "rgba"));
        refused(2, "computes on the CPU only", embed(own, "--device", "reference"));
        refused(2, "Missing required option: '--recogniser", "embed", "--pairs", pairs(), "--out", "x.npy");
        refused(2, "give that too", evaluate("--recogniser-input", "bgr"));
    }

    @Test
    void filesOfEmbeddings() throws IOException {
        var some = folder.resolve("some.safetensors");
        var rows = new LinkedHashMap<String, float[]>();
        rows.put("nobody.png", new float[16]);
        new EmbeddingTable(16, rows).write(some);
        var file = some.toString();
        var cannotBeShown = "is a file of embeddings, which has vectors of the pictures it lists";
        refused(1, cannotBeShown, embed(file));
        refused(1, cannotBeShown, evaluate("--recogniser", file));
        refused(1, cannotBeShown, identify(folder, pairs(), "--recogniser", file));
        refused(1, "leave out 'imagenet", train(pairs(), "--recogniser", file, "--recogniser-input", "imagenet"));
        // Twice, because it is refused before the run begins: nothing has to be cleared away.
        var out = folder.resolve("unbegun").toString();
        refused(1, "no embedding for the image 'original/", train(pairs(), "--recogniser", file, "--out", out));
        refused(1, "no embedding for the image 'original/", train(pairs(), "--recogniser", file, "--out", out));
        Files.writeString(some, "");
        refused(1, "some.safetensors", train(pairs(), "--recogniser", file));
    }

    private static String[] embed(String recogniser, String... more) {
        var always = Stream.of(
                "embed",
                "--recogniser",
                recogniser,
                "--pairs",
                pairs(),
                "--cache",
                folder.resolve("cache").toString(),
                "--out",
                folder.resolve("vectors.npy").toString());
        return Stream.concat(always, Arrays.stream(more)).toArray(String[]::new);
    }

    private static String[] evaluate(String... more) {
        var always = Stream.of("evaluate", "--model", tiny.run().toString(), "--pairs", pairs());
        return Stream.concat(always, Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void galleries() throws IOException {
        var recogniser = tiny.recogniser().toString();
        var strangers = Files.createDirectories(folder.resolve("strangers"));
        var cache = folder.resolve("cache").toString();
        var with = new String[] {"--recogniser", recogniser, "--gallery", strangers.toString(), "--cache", cache};
        refused(2, "--gallery needs a --recogniser", evaluate("--gallery", strangers.toString()));
        refused(1, "has no pictures of people", evaluate(with));
        Files.copy(tiny.pairs().resolveSibling("fake/p000001.png"), strangers.resolve("stranger.png"));
        refused(1, "shows a person of the gallery", evaluate(with));
        var face = tiny.pairs().resolveSibling("fake/p000001.png").toString();
        refused(1, "has two pictures", identify(strangers, face));

        var gallery = folder.resolve("known");
        var known = Files.createDirectories(gallery.resolve("anna"));
        Files.copy(tiny.pairs().resolveSibling("fake/p000001.png"), known.resolve("1.png"));
        Files.copy(tiny.pairs().resolveSibling("fake/p000002.png"), known.resolve("2.png"));
        refused(1, "is not a picture", identify(gallery, pairs()));
        // Before anything that takes long: this gallery would be refused as well.
        refused(1, "is not a picture", identify(strangers, pairs()));
        refused(1, "is a folder, not a file", identify(gallery, folder.toString()));
        refused(1, "does not exist", identify(gallery, "nowhere.png"));
        var untested = manifest(HEADER + "p1,original/p000001.png,fake/p000001.png,anna,b,v,train\n");
        refused(1, "has no test pairs", identify(gallery, face, "--validation", untested));
        var someone =
                PairManifest.read(tiny.pairs()).rows(Split.TRAIN).getFirst().originalId();
        var trained = manifest(HEADER + "p1,original/p000001.png,fake/p000001.png," + someone + ",b,v,test\n");
        refused(1, "shows a person of the gallery", identify(gallery, face, "--validation", trained));
        var met = Files.createDirectories(gallery.resolve(someone));
        Files.copy(tiny.pairs().resolveSibling("fake/p000003.png"), met.resolve("1.png"));
        refused(1, "The run was trained on", identify(gallery, face, "--validation", trained));
        refused(2, "--top must be at least 1", identify(gallery, pairs(), "--top", "0"));
    }

    private static String[] identify(Path gallery, String image, String... more) {
        var always = Stream.of(
                "identify",
                "--model",
                tiny.run().toString(),
                "--recogniser",
                tiny.recogniser().toString(),
                "--gallery",
                gallery.toString(),
                "--cache",
                folder.resolve("cache").toString(),
                "--out",
                folder.resolve("identified").toString(),
                image);
        return Stream.concat(always, Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void folders() throws IOException {
        var file = folder.resolve("a-file");
        Files.writeString(file, "in the way");
        refused(
                1,
                "cannot write into the folder",
                "synth",
                "--out",
                file.resolve("below").toString());
        refused(1, "already holds a run", train(pairs(), "--out", tiny.run().toString()));
        refused(1, "is not empty", "synth", "--out", tiny.run().toString());
        refused(
                1,
                "is not a run folder",
                "train",
                "--resume",
                "--out",
                folder.resolve("new").toString());
        refused(
                2,
                "--width 8 is not how",
                "train",
                "--resume",
                "--width",
                "8",
                "--out",
                tiny.run().toString());
    }

    @Test
    void verboseAddsTheTrace() {
        var result = Cli.run(train(folder.resolve("none.csv").toString(), "--verbose"));
        assertEquals(1, result.code());
        assertTrue(result.err().contains("\tat dev.obverse"), result.err());
    }
}
