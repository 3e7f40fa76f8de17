package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticFacesTest {
    @TempDir
    Path folder;

    @Test
    void filesDoNotDependOnThreads() throws IOException {
        var faces = new SyntheticFaces(3, 6, 9, 24);
        var done = new AtomicInteger();
        faces.write(folder.resolve("a"), 1, n -> done.incrementAndGet());
        faces.write(folder.resolve("b"), 3, n -> {});
        assertEquals(9, done.get());
        var first = content(folder.resolve("a"));
        var second = content(folder.resolve("b"));
        assertEquals(19, first.size());
        assertEquals(first.keySet(), second.keySet());
        first.forEach((name, bytes) -> assertArrayEquals(bytes, second.get(name), name));
    }

    @Test
    void portraitsAreAFolderForEachPerson() throws IOException {
        var faces = new SyntheticFaces(3, 5, 1, 24);
        var done = new AtomicInteger();
        faces.writePortraits(folder.resolve("a"), 3, 1, n -> done.incrementAndGet());
        faces.writePortraits(folder.resolve("b"), 3, 2, n -> {});
        assertEquals(15, done.get());
        var first = content(folder.resolve("a"));
        var second = content(folder.resolve("b"));
        assertEquals(15, first.size());
        first.forEach((name, bytes) -> assertArrayEquals(bytes, second.get(name), name));
        assertArrayEquals(faces.portrait(4, 2).png(), first.get("id0004/02.png"));
        assertThrows(IllegalArgumentException.class, () -> faces.writePortraits(folder, 0, 1, n -> {}));
    }

    private static Map<String, byte[]> content(Path root) throws IOException {
        var files = new TreeMap<String, byte[]>();
        try (var walk = Files.walk(root)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                files.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    void filesHoldWhatMemoryHolds() throws IOException {
        var faces = new SyntheticFaces(4, 5, 6, 24);
        var written = faces.write(folder, 2, n -> {});
        var manifest = PairManifest.read(folder.resolve("pairs.csv"));
        assertEquals(written, manifest);
        for (int i = 5; i >= 0; i--) {
            var pair = faces.pair(i);
            var row = manifest.rows().get(i);
            assertEquals(row, pair.row());
            assertArrayEquals(
                    pair.original().rgb(),
                    RgbImage.read(manifest.originalFile(row)).rgb());
            assertArrayEquals(
                    pair.fake().rgb(), RgbImage.read(manifest.fakeFile(row)).rgb());
        }
    }

    @Property(tries = 100)
    void nobodyCrossesOver(
            @ForAll long seed,
            @ForAll @IntRange(min = 4, max = 60) int people,
            @ForAll @IntRange(min = 1, max = 4) int frames) {
        var faces = new SyntheticFaces(seed, people, 3 * people * frames, 32, frames, FaceSwap.DEFAULT);
        var manifest = new PairManifest(Path.of("."), faces.rows());
        assertEquals(Set.of(), manifest.sharedPeople());
        assertTrue(manifest.rows(Split.TEST).size() >= 2);
        assertTrue(manifest.rows(Split.TRAIN).size() >= 2);
        for (var row : manifest.rows()) {
            assertNotEquals(row.originalId(), row.donorId());
        }
        var perPerson = manifest.rows().stream()
                .collect(Collectors.groupingBy(PairManifest.Row::originalId, Collectors.counting()));
        assertEquals(people, perPerson.size());
        assertEquals(Set.of(3L * frames), Set.copyOf(perPerson.values()));
        // a video shows one original and one donor on one side
        var videos = manifest.rows().stream().collect(Collectors.groupingBy(PairManifest.Row::video));
        for (var video : videos.values()) {
            assertEquals(
                    1, video.stream().map(PairManifest.Row::donorId).distinct().count());
            assertEquals(frames, video.size());
        }
    }

    @Test
    void pairsOfAPersonDiffer() {
        var faces = new SyntheticFaces(1, 12, 120, 24);
        var rows = faces.rows().stream()
                .filter(row -> row.originalId().equals("id0000"))
                .toList();
        assertTrue(rows.stream().map(PairManifest.Row::donorId).distinct().count() > 1);
        var pictures = IntStream.range(0, 120)
                .filter(i -> faces.row(i).originalId().equals("id0000"))
                .mapToObj(i -> Arrays.hashCode(faces.pair(i).original().rgb()))
                .distinct()
                .count();
        assertEquals(rows.size(), pictures);
    }

    @Test
    void seedsAndTakesDiffer() {
        var faces = new SyntheticFaces(1, 5, 5, 24);
        var other = new SyntheticFaces(2, 5, 5, 24);
        assertNotEquals(faces.identity(0), other.identity(0));
        assertArrayEquals(faces.portrait(1, 0).rgb(), faces.portrait(1, 0).rgb());
        assertTrue(Pictures.psnr(faces.portrait(1, 0), faces.portrait(1, 1)) < 30);
    }

    @Test
    void impossibleSetsAreRefused() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> new SyntheticFaces(1, 3, 5, 24));
        assertEquals("identities must be at least 4, not 3", thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new SyntheticFaces(1, 4, 0, 24));
        assertThrows(IllegalArgumentException.class, () -> new SyntheticFaces(1, 4, 1, 7));
        assertThrows(IndexOutOfBoundsException.class, () -> new SyntheticFaces(1, 4, 1, 24).row(1));
    }

    @Test
    void aFolderThatCannotBeIsAnError() throws IOException {
        var blocker = folder.resolve("file");
        Files.writeString(blocker, "x");
        assertThrows(DataException.class, () -> new SyntheticFaces(1, 4, 2, 16).write(blocker, 2, n -> {}));
    }
}
