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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceForensicsTest {
    @TempDir
    private Path root;

    @BeforeEach
    void makeATree() throws IOException {
        DatasetTree.touch(
                root,
                "original_sequences/youtube/c23/videos/000.mp4",
                "original_sequences/youtube/c23/videos/003.mp4",
                "original_sequences/actors/c23/videos/01__hugging_happy.mp4",
                "manipulated_sequences/Deepfakes/c23/videos/000_003.mp4",
                "manipulated_sequences/Deepfakes/c23/videos/003_000.mp4",
                "manipulated_sequences/FaceSwap/c23/videos/000_003.mp4",
                "manipulated_sequences/Face2Face/c23/videos/000_003.mp4",
                "manipulated_sequences/DeepFakeDetection/c23/videos/01_02__hugging_happy__YVGY8LOK.mp4");
    }

    private SwapDataset find(String... methods) throws IOException {
        return SwapDataset.find(root, Set.of(methods), "");
    }

    private static List<String> names(SwapDataset found) {
        return found.videos().stream().map(SwappedVideo::name).toList();
    }

    @Test
    void everyMethodThatSwapsFacesIsTaken() throws IOException {
        var found = find();
        assertEquals("FaceForensics++ c23", found.title());
        assertEquals(
                List.of(
                        "DeepFakeDetection/01_02__hugging_happy__YVGY8LOK",
                        "Deepfakes/000_003",
                        "Deepfakes/003_000",
                        "FaceSwap/000_003"),
                names(found));
        assertEquals(
                List.of("Face2Face: it does not change who is seen"),
                found.leftOut().stream().map(LeftOut::toString).toList());
    }

    @Test
    void theFirstNumberIsTheOriginalsTheSecondTheDonors() throws IOException {
        var videos = find().videos();
        assertEquals(
                new SwappedVideo(
                        "Deepfakes/000_003",
                        root.resolve("manipulated_sequences/Deepfakes/c23/videos/000_003.mp4"),
                        "youtube/000",
                        root.resolve("original_sequences/youtube/c23/videos/000.mp4"),
                        "000",
                        "003",
                        null),
                videos.get(1));
        assertEquals(
                new SwappedVideo(
                        "DeepFakeDetection/01_02__hugging_happy__YVGY8LOK",
                        root.resolve("manipulated_sequences/DeepFakeDetection/c23/videos/"
                                + "01_02__hugging_happy__YVGY8LOK.mp4"),
                        "actors/01__hugging_happy",
                        root.resolve("original_sequences/actors/c23/videos/01__hugging_happy.mp4"),
                        "actor01",
                        "actor02",
                        null),
                videos.getFirst());
    }

    @Test
    void methodsCanBeChosen() throws IOException {
        assertEquals(List.of("FaceSwap/000_003"), names(find("FaceSwap")));
        refused("has no folder manipulated_sequences/FaceShifter/c23", "FaceShifter");
        refused("does not change who is seen, only how the face moves", "Face2Face");
        refused("The method Deepfake is not known", "Deepfake");
    }

    @Test
    void compressionsAreNotMixed() throws IOException {
        DatasetTree.touch(root, "manipulated_sequences/FaceSwap/c40/videos/000_003.mp4");
        refused("has videos in the compressions c23 and c40: choose one with --compression");
        assertEquals(
                "FaceSwap/000_003: its original original_sequences/youtube/c40/000 is missing",
                assertThrows(DataException.class, () -> SwapDataset.find(root, Set.of("FaceSwap"), "c40"))
                        .getMessage()
                        .split("for example ")[1]);
    }

    @Test
    void theOfficialSplitGoesByPairsOfVideos() throws IOException {
        DatasetTree.touch(root, "original_sequences/youtube/c23/videos/004.mp4");
        DatasetTree.touch(root, "manipulated_sequences/FaceSwap/c23/videos/004_005.mp4");
        var splits = Files.createDirectory(root.resolve("splits"));
        Files.writeString(splits.resolve("train.json"), "[[\"004\",\"005\"]]");
        Files.writeString(splits.resolve("val.json"), "[[\"007\",\"008\"]]");
        Files.writeString(splits.resolve("test.json"), "[[\"003\",\"000\"]]");
        var videos = find("Deepfakes", "FaceSwap").videos();
        assertEquals(
                List.of(Split.TEST, Split.TEST, Split.TEST, Split.TRAIN),
                videos.stream().map(SwappedVideo::official).toList());
        assertNull(find("DeepFakeDetection").videos().getFirst().official(), "its authors gave none");

        Files.writeString(splits.resolve("val.json"), "[[\"000\",\"008\"]]");
        refused("lists the video 000, which another of the three files puts on the other side");
        Files.writeString(splits.resolve("val.json"), "[[1,2]]");
        refused("has the entry [1,2]; expected two videos");
        Files.writeString(splits.resolve("val.json"), "[");
        refused("val.json is not JSON");
        Files.delete(splits.resolve("val.json"));
        refused("val.json does not exist; train.json, val.json and test.json are needed together");
    }

    private void refused(String sentence, String... methods) {
        var e = assertThrows(DataException.class, () -> find(methods));
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
    }
}
