package dev.obverse.drn.prepare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.FaceSwap;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.drn.detect.DetectedFace;
import dev.obverse.drn.detect.FaceAlignment;
import dev.obverse.drn.detect.FaceDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos of synthetic faces, whose points are known; a detector that looks them up. */
class PreparationTest {
    private static final Sampling SAMPLING = new Sampling(1, 64);
    private static final int FRAMES = 3;

    @TempDir
    private Path folder;

    private Path root;
    private Path out;
    private final SyntheticFaces faces = new SyntheticFaces(5, 4, 2 * FRAMES, 96, FRAMES, FaceSwap.DEFAULT);
    private final Map<Integer, List<DetectedFace>> known = new HashMap<>();
    private final List<String> opened = new ArrayList<>();

    /** Finds a picture's faces by the picture's content. */
    private final class Lookup implements FaceDetector {
        @Override
        public List<DetectedFace> detect(RgbImage picture) {
            return known.getOrDefault(hash(picture), List.of());
        }

        @Override
        public String name() {
            return "lookup";
        }

        @Override
        public String fingerprint() {
            return "0123456789";
        }
    }

    private static int hash(RgbImage picture) {
        return java.util.Arrays.hashCode(picture.quantised().rgb());
    }

    @BeforeEach
    void makeVideos() throws IOException {
        root = folder.resolve("celeb");
        out = folder.resolve("out");
        for (int i = 0; i < 2 * FRAMES; i++) {
            var swapped = faces.swapped(i);
            int video = i / FRAMES;
            var picture = swapped.original().image().quantised();
            write(picture, "Celeb-real/id" + video + "_0000", i % FRAMES);
            write(swapped.fake(), "Celeb-synthesis/id" + video + "_id9_0000", i % FRAMES);
            known.put(hash(picture), List.of(face(swapped.original().landmarks().fivePoints(), 40)));
        }
    }

    private static DetectedFace face(List<dev.obverse.drn.data.FaceLandmarks.Point> points, double side) {
        return new DetectedFace(0.9, 10, 10, 10 + side, 10 + side, points);
    }

    private void write(RgbImage picture, String video, int frame) throws IOException {
        var file = root.resolve(video).resolve("f%02d.png".formatted(frame));
        Files.createDirectories(file.resolveSibling(""));
        picture.writePng(file);
    }

    private Preparation.Prepared run(Sampling sampling) throws IOException {
        var dataset = SwapDataset.find(root, Set.of(), "");
        return new Preparation(dataset, out, sampling, new Lookup(), file -> {
                    opened.add(file.toString());
                    throw new UnreadableVideo("Video " + file + " cannot be read: test");
                })
                .run((done, name) -> {});
    }

    private Preparation.Prepared run() throws IOException {
        return run(SAMPLING);
    }

    @Test
    void originalAndFakeAreCutByTheOriginalsFace() throws IOException {
        Files.writeString(root.resolve("Celeb-real/id0_0000/notes.txt"), "not a frame");
        var prepared = run();
        assertEquals(List.of(), prepared.leftOut());
        assertEquals(2 * FRAMES, prepared.rows().size());
        assertEquals(
                new PairManifest.Row(
                        "id0_id9_0000_f01",
                        "original/id0_0000/f01.png",
                        "fake/id0_id9_0000/f01.png",
                        "id0",
                        "id9",
                        "id0_0000",
                        Split.TRAIN),
                prepared.rows().get(1));
        var swapped = faces.swapped(1);
        var toCrop = FaceAlignment.of(swapped.original().landmarks().fivePoints(), 64);
        for (var picture : Map.of(
                        "original/id0_0000/f01.png", swapped.original().image().quantised(),
                        "fake/id0_id9_0000/f01.png", swapped.fake())
                .entrySet()) {
            assertArrayEquals(
                    FaceAlignment.crop(picture.getValue(), toCrop, 64)
                            .quantised()
                            .rgb(),
                    RgbImage.read(out.resolve(picture.getKey())).rgb(),
                    picture.getKey());
        }
        new PairManifest(out, prepared.rows()).write(out.resolve("pairs.csv"));
        assertEquals(
                prepared.rows(), PairManifest.read(out.resolve("pairs.csv")).rows());
    }

    @Test
    void theLargestFaceIsTaken() throws IOException {
        var swapped = faces.swapped(0);
        var points = swapped.original().landmarks().fivePoints();
        var shifted = points.stream()
                .map(p -> new dev.obverse.drn.data.FaceLandmarks.Point(p.x() + 20, p.y()))
                .toList();
        var picture = swapped.original().image().quantised();
        known.put(hash(picture), List.of(face(shifted, 20), face(points, 40)));
        run();
        assertArrayEquals(
                FaceAlignment.crop(picture, FaceAlignment.of(points, 64), 64)
                        .quantised()
                        .rgb(),
                RgbImage.read(out.resolve("original/id0_0000/f00.png")).rgb());
    }

    @Test
    void whatGivesNoPairIsNamed() throws IOException {
        known.remove(hash(faces.swapped(0).original().image()));
        Files.delete(root.resolve("Celeb-synthesis/id0_id9_0000/f01.png"));
        faces.swapped(2).fake().resize(48, 48).writePng(root.resolve("Celeb-synthesis/id0_id9_0000/f02.png"));
        faces.swapped(2).fake().writePng(root.resolve("Celeb-synthesis/id0_id9_0000/f07.png"));
        var expected = List.of(
                "id0_id9_0000 frame f00: no face was found in the original",
                "id0_id9_0000 frame f01: the swapped video has no such frame",
                "id0_id9_0000 frame f02: the swapped frame is 48x48, the original 96x96",
                "id0_id9_0000 frame f07: the original has no such frame");
        assertEquals(expected, words(run()));
        assertEquals(expected, words(run()), "and said again when nothing is left to do");
        assertTrue(Files.readString(out.resolve("left-out.json")).contains("no face was found"));
    }

    private static List<String> words(Preparation.Prepared prepared) {
        return prepared.leftOut().stream().map(LeftOut::toString).toList();
    }

    @Test
    void aVideoThatCannotBeReadIsLeftOutAndTriedAgain() throws IOException {
        var broken = root.resolve("Celeb-synthesis/id1_id9_0000/f02.png");
        var content = Files.readAllBytes(broken);
        Files.write(broken, java.util.Arrays.copyOf(content, content.length / 2));
        DatasetTree.touch(root, "Celeb-real/id2_0000.mp4", "Celeb-synthesis/id2_id9_0000.mp4");
        var prepared = run();
        assertEquals(FRAMES, prepared.rows().size());
        assertEquals(
                List.of("id1_id9_0000", "id2_id9_0000"),
                prepared.leftOut().stream().map(LeftOut::video).toList());
        assertEquals(List.of(root.resolve("Celeb-real/id2_0000.mp4").toString()), opened);
        Files.write(broken, content);
        assertEquals(2 * FRAMES, run().rows().size());
    }

    @Test
    void brokenOffItGoesOnAndEndsWithTheSameFiles() throws IOException {
        var whole = run().rows();
        var picture = out.resolve("fake/id1_id9_0000/f00.png");
        var content = Files.readAllBytes(picture);
        Files.delete(picture);
        Files.delete(out.resolve("parts/id1_id9_0000.json"));
        var untouched = out.resolve("fake/id0_id9_0000/f00.png");
        Files.delete(untouched);
        assertEquals(whole, run().rows());
        assertArrayEquals(content, Files.readAllBytes(picture));
        assertFalse(Files.exists(untouched), "what is done is not done again");
    }

    @Test
    void otherChoicesAreNotMixedIn() throws IOException {
        run();
        refused("was begun with other choices", new Sampling(2, 64));
        refused("size 64", new Sampling(1, 32));
        Files.writeString(out.resolve("parts/id1_id9_0000.json"), "{");
        refused("id1_id9_0000.json is damaged", SAMPLING);
        Files.delete(out.resolve("prepare.json"));
        refused("is not empty: choose another --out", SAMPLING);
    }

    private void refused(String sentence, Sampling sampling) {
        var e = assertThrows(DataException.class, () -> run(sampling));
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
    }
}
