package dev.obverse.drn.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CelebDfTest {
    @TempDir
    private Path root;

    private SwapDataset find() throws IOException {
        return SwapDataset.find(root, Set.of(), "");
    }

    @Test
    void namesSayWhoWasSwapped() throws IOException {
        DatasetTree.touch(
                root,
                "Celeb-real/id0_0000.mp4",
                "Celeb-synthesis/id0_id16_0000.mp4",
                "Celeb-synthesis/id0_id2_0000.mp4",
                "YouTube-real/00001.mp4");
        var found = find();
        assertEquals("Celeb-DF-v2", found.title());
        var genuine = root.resolve("Celeb-real/id0_0000.mp4");
        assertEquals(
                List.of(
                        new SwappedVideo(
                                "id0_id16_0000",
                                root.resolve("Celeb-synthesis/id0_id16_0000.mp4"),
                                "id0_0000",
                                genuine,
                                "id0",
                                "id16",
                                null),
                        new SwappedVideo(
                                "id0_id2_0000",
                                root.resolve("Celeb-synthesis/id0_id2_0000.mp4"),
                                "id0_0000",
                                genuine,
                                "id0",
                                "id2",
                                null)),
                found.videos());
        assertEquals(List.of(), found.leftOut());
    }

    @Test
    void spellingsVary() throws IOException {
        DatasetTree.touch(root, "celeb-real/videos/id0_0000.MP4", "CELEB-SYNTHESIS/videos/id0_id1_0000.avi");
        assertEquals(1, find().videos().size());
    }

    @Test
    void foldersOfFramesAreVideos() throws IOException {
        DatasetTree.touch(root, "Celeb-real/id0_0000/000.png", "Celeb-synthesis/id0_id1_0000/000.png");
        assertEquals(
                root.resolve("Celeb-real/id0_0000"), find().videos().getFirst().original());
    }

    @Test
    void theOfficialTestListIsKept() throws IOException {
        DatasetTree.touch(
                root,
                "Celeb-real/id0_0000.mp4",
                "Celeb-real/id1_0000.mp4",
                "Celeb-real/id2_0000.mp4",
                "Celeb-synthesis/id0_id1_0000.mp4",
                "Celeb-synthesis/id1_id0_0000.mp4",
                "Celeb-synthesis/id2_id0_0000.mp4");
        Files.writeString(
                root.resolve("List_of_testing_videos.txt"),
                "0 Celeb-synthesis/id0_id1_0000.mp4\n1 Celeb-real/id1_0000.mp4\n1 YouTube-real/00170.mp4\n");
        assertEquals(
                List.of(Split.TEST, Split.TEST, Split.TRAIN),
                find().videos().stream().map(SwappedVideo::official).toList(),
                "a test fake, a fake of a test original, neither");
    }

    @Test
    void withoutTheListNobodyKnowsTheSides() throws IOException {
        DatasetTree.touch(root, "Celeb-real/id0_0000.mp4", "Celeb-synthesis/id0_id1_0000.mp4");
        assertNull(find().videos().getFirst().official());
    }

    @Test
    void whatCannotBeUsedIsNamed() throws IOException {
        DatasetTree.touch(
                root,
                "Celeb-real/id0_0000.mp4",
                "Celeb-synthesis/id0_id1_0000.mp4",
                "Celeb-synthesis/id0_id1_0001.mp4",
                "Celeb-synthesis/holiday.mp4");
        assertEquals(
                List.of(
                        "holiday: its name is not of the form id0_id1_0000",
                        "id0_id1_0001: its original Celeb-real/id0_0001 is missing"),
                find().leftOut().stream().map(LeftOut::toString).toList());
    }

    @Test
    void otherFoldersAreRefused() throws IOException {
        refused("There is no folder", root.resolve("none"), Set.of());
        refused("is not a data set that is known here", root, Set.of());
        DatasetTree.touch(root, "Celeb-real/id0_0000.mp4", "Celeb-synthesis/id0_id1_0007.mp4");
        refused("No swapped video in", root, Set.of());
        refused("has neither methods nor compressions", root, Set.of("Deepfakes"));
        Files.writeString(root.resolve("List_of_testing_videos.txt"), "Celeb-real/id1_0000.mp4\n");
        refused("expected 0 or 1 and a video", root, Set.of());
    }

    private static void refused(String sentence, Path root, Set<String> methods) {
        var e = assertThrows(DataException.class, () -> SwapDataset.find(root, methods, ""));
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
    }
}
