package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelledFacesTest {
    @TempDir
    Path folder;

    @Test
    void readsAFolderForEachPerson() throws IOException {
        var anna = Files.createDirectory(folder.resolve("anna"));
        var bert = Files.createDirectory(folder.resolve("bert"));
        // 2 wide, 4 high, grey: the middle square is rows 1 and 2
        var pgm = "P2\n2 4\n255\n9 9\n10 20\n30 40\n9 9\n";
        Files.write(anna.resolve("1.pgm"), pgm.getBytes(StandardCharsets.US_ASCII));
        new RgbImage(2, 2, new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}).writePng(bert.resolve("x.png"));
        new RgbImage(2, 2).writePng(bert.resolve("y.png"));
        Files.writeString(bert.resolve(".hidden"), "no picture");
        Files.writeString(folder.resolve("README.txt"), "no person");

        var faces = LabelledFaces.ofFolder(folder, 2);
        assertEquals(List.of("anna", "bert"), faces.people());
        assertArrayEquals(new int[] {0, 1, 1}, faces.labels());
        assertArrayEquals(
                new byte[] {10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40},
                faces.pixels().get(0));
        assertEquals(Shape.of(2, 2, 2, 3), faces.tensor(1, 3, Device.cpu()).shape());
        assertArrayEquals(
                new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1},
                faces.tensor(1, 2, Device.cpu()).toArray());
    }

    @Test
    void foldersThatCannotBeUsedAreNamed() throws IOException {
        assertSays("does not exist", folder.resolve("none"));
        var one = Files.createDirectories(folder.resolve("set/one"));
        assertSays("no pictures", folder.resolve("set"));
        new RgbImage(2, 2).writePng(one.resolve("a.png"));
        assertSays("at least 2", folder.resolve("set"));
        Files.writeString(one.resolve("b.txt"), "text");
        assertSays("b.txt", folder.resolve("set"));
    }

    private static void assertSays(String text, Path where) {
        var message = String.valueOf(assertThrows(IOException.class, () -> LabelledFaces.ofFolder(where, 8))
                .getMessage());
        assertTrue(message.contains(text) && message.contains(String.valueOf(where.getFileName())), message);
    }

    @Test
    void syntheticPeopleComeFromOneSideAndAreTheSameEachTime() {
        var people = new SyntheticFaces(3, 8, 1, 16);
        var train = LabelledFaces.ofSynthetic(people, Split.TRAIN, 2, 1, done -> {});
        var test = LabelledFaces.ofSynthetic(people, Split.TEST, 2, 0, done -> {});
        assertEquals(6, train.people().size());
        assertEquals(18, train.count());
        assertEquals(4, test.count());
        var both = new HashSet<>(train.people());
        both.retainAll(test.people());
        assertTrue(both.isEmpty());
        assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1}, Arrays.copyOf(train.labels(), 6));
        var again = LabelledFaces.ofSynthetic(people, Split.TRAIN, 2, 1, done -> {});
        for (int i = 0; i < train.count(); i++) {
            assertArrayEquals(train.pixels().get(i), again.pixels().get(i));
        }
        int first = Integer.parseInt(train.people().getFirst().substring(2));
        assertArrayEquals(
                people.portrait(first, 1).rgb(), People.image(train, 1).rgb(), 1e-6f);
    }

    @Test
    void heldOutPeopleAreNotTrainedOn() {
        var all = People.of(7, 2, 8, 1);
        var parts = all.holdOut(3, 5);
        assertEquals(4, parts.train().people().size());
        assertEquals(3, parts.heldOut().people().size());
        var everybody = new HashSet<>(parts.train().people());
        everybody.addAll(parts.heldOut().people());
        assertEquals(new HashSet<>(all.people()), everybody);
        for (var part : List.of(parts.train(), parts.heldOut())) {
            for (int i = 0; i < part.count(); i++) {
                int before = all.people().indexOf(part.people().get(part.labels()[i]));
                assertArrayEquals(
                        all.pixels().get(before * 2 + i % 2), part.pixels().get(i));
            }
        }
        assertEquals(parts.heldOut().people(), all.holdOut(3, 5).heldOut().people());
        assertNotEquals(parts.heldOut().people(), all.holdOut(3, 6).heldOut().people());
        assertThrows(IllegalArgumentException.class, () -> all.holdOut(6, 1));
        assertThrows(IllegalArgumentException.class, () -> all.holdOut(0, 1));
    }
}
