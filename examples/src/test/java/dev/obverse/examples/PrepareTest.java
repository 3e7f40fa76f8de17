package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Split;
import dev.obverse.examples.video.VideoWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From videos in a data set's layout to training, and from photographs to faces. The detector is the small network with
 * random weights that the detectors' own tests use: where it sees faces is arbitrary, but always the same.
 */
class PrepareTest {
    private static final Path RESOURCES = Path.of("../drn-model/src/test/resources/dev/obverse/drn/detect");
    private static final String DETECTOR = RESOURCES.resolve("scrfd.onnx").toString();

    @TempDir
    private Path folder;

    private static JsonNode json(String... args) throws IOException {
        var result = Cli.run(args);
        assertEquals(0, result.code(), result.err());
        return new JsonMapper().readTree(result.out().strip().lines().toList().getLast());
    }

    private Path celebDf() throws Exception {
        var root = folder.resolve("celeb");
        var picture = ImageIO.read(RESOURCES.resolve("small.png").toFile());
        for (int person = 0; person < 3; person++) {
            video(root.resolve("Celeb-real/id" + person + "_0000.avi"), picture, 25);
            video(
                    root.resolve("Celeb-synthesis/id" + person + "_id" + (person + 1) % 3 + "_0000.avi"),
                    darker(picture),
                    25);
        }
        return root;
    }

    private static void video(Path file, BufferedImage picture, int frames) throws Exception {
        Files.createDirectories(file.resolveSibling(""));
        VideoWriter.write(file, Collections.nCopies(frames, picture), 10);
    }

    /** The swapped video: the same scene, a quarter darker. */
    private static BufferedImage darker(BufferedImage picture) {
        var dark = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                int rgb = picture.getRGB(x, y);
                dark.setRGB(x, y, (rgb >> 2 & 0x3F3F3F) * 3);
            }
        }
        return dark;
    }

    @Test
    void videosBecomePairsToTrainOn() throws Exception {
        var out = folder.resolve("prepared");
        var args = new ArrayList<>(List.of(
                "prepare",
                "--data",
                celebDf() + "",
                "--detector",
                DETECTOR,
                "--size",
                "32",
                "--out",
                out + "",
                "--json"));
        var json = json(args.toArray(String[]::new));
        assertEquals("Celeb-DF-v2", json.get("dataset").textValue());
        assertEquals(9, json.get("pairs").intValue(), "three seconds of three videos");
        assertEquals("identity", json.get("split").textValue());
        assertEquals(0, json.get("leftOut").intValue());

        var manifest = PairManifest.read(out.resolve("pairs.csv"));
        assertEquals(
                List.of("000000", "000010", "000020"),
                manifest.rows().stream()
                        .filter(row -> row.originalId().equals("id1"))
                        .map(row -> row.pairId().substring("id1_id2_0000_".length()))
                        .toList());
        assertEquals(
                1,
                manifest.rows(Split.TEST).stream()
                        .map(PairManifest.Row::originalId)
                        .distinct()
                        .count());
        for (var row : manifest.rows()) {
            var original = RgbImage.read(manifest.originalFile(row)).rgb();
            var fake = RgbImage.read(manifest.fakeFile(row)).rgb();
            for (int i = 0; i < original.length; i++) {
                assertEquals(0.75 * original[i], fake[i], 4 / 255.0, "the same crop of both");
            }
        }

        args.addAll(List.of("--split", "frame-random"));
        assertEquals(
                "frame-random", json(args.toArray(String[]::new)).get("split").textValue());
        assertTrue(Files.exists(out.resolve("left-out.json")));
        var trained = Cli.run(
                "train",
                "--pairs",
                out.resolve("pairs.csv") + "",
                "--preset",
                "tiny",
                "--steps",
                "2",
                "--out",
                folder.resolve("run") + "",
                "--recogniser",
                recogniser());
        assertEquals(0, trained.code(), trained.err());
    }

    private String recogniser() {
        var out = folder.resolve("recogniser").toString();
        var made = Cli.run(
                "train-recogniser",
                "--identities",
                "4",
                "--takes",
                "2",
                "--size",
                "32",
                "--embedding",
                "16",
                "--epochs",
                "1",
                "--out",
                out);
        assertEquals(0, made.code(), made.err());
        return out;
    }

    @Test
    void photographsBecomeFaces() throws Exception {
        var people = Files.createDirectories(folder.resolve("people/anna"));
        Files.copy(RESOURCES.resolve("small.png"), people.resolve("holiday.png"));
        new RgbImage(64, 64).writePng(people.resolve("black.png"));
        var out = folder.resolve("faces");
        var json = json("align", "--detector", DETECTOR, "--out", out + "", "--json", folder.resolve("people") + "");
        assertEquals(
                "[\"" + out.resolve("anna/holiday.png") + "\"]",
                json.get("aligned").toString());
        assertEquals(1, json.get("faceless").size());
        assertEquals(128, RgbImage.read(out.resolve("anna/holiday.png")).width());
    }

    @Test
    void badInputIsOneSentence() throws Exception {
        var data = celebDf() + "";
        refused(1, "is not a data set that is known here", "prepare", "--data", folder + "", "--detector", DETECTOR);
        refused(1, "does not exist", "prepare", "--data", data, "--detector", folder.resolve("none.onnx") + "");
        refused(
                1,
                "The official split of Celeb-DF-v2 is known for 0 of 3",
                "prepare",
                "--data",
                data,
                "--detector",
                DETECTOR,
                "--split",
                "official");
        refused(
                2,
                "'people' is not one of official, identity, video and frame-random",
                "prepare",
                "--data",
                data,
                "--detector",
                DETECTOR,
                "--split",
                "people");
        refused(
                2,
                "Frames per second must be more than 0",
                "prepare",
                "--data",
                data,
                "--detector",
                DETECTOR,
                "--per-second",
                "0");
        refused(
                2,
                "The size of a crop must be 8 to 1024 pixels, not 4",
                "prepare",
                "--data",
                data,
                "--detector",
                DETECTOR,
                "--size",
                "4");
        refused(
                2,
                "--test-share must be more than 0",
                "prepare",
                "--data",
                data,
                "--detector",
                DETECTOR,
                "--test-share",
                "1");
        var black = folder.resolve("black.png");
        new RgbImage(64, 64).writePng(black);
        refused(1, "no face was found in any of the 1 pictures", "align", "--detector", DETECTOR, black + "");
        refused(2, "would be written to the same file", "align", "--detector", DETECTOR, black + "", black + "");
        refused(
                1,
                "There are no pictures in",
                "align",
                "--detector",
                DETECTOR,
                Files.createDirectory(folder.resolve("empty")) + "");
    }

    private void refused(int code, String sentence, String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--out", folder.resolve("out") + ""));
        var result = Cli.run(all.toArray(String[]::new));
        assertEquals(code, result.code(), result.err());
        assertTrue(result.err().contains(sentence), "expected '" + sentence + "' in: " + result.err());
    }
}
