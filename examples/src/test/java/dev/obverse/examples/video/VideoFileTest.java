package dev.obverse.examples.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.prepare.UnreadableVideo;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos written by FFmpeg's encoders, whose every frame is known. */
class VideoFileTest {
    @TempDir
    private Path folder;

    /** A frame whose pixels say which one it is. */
    private static BufferedImage frame(int index) {
        var frame = new BufferedImage(34, 18, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < 18; y++) {
            for (int x = 0; x < 34; x++) {
                frame.setRGB(x, y, new Color(index * 5 % 256, x * 7, y * 11).getRGB());
            }
        }
        return frame;
    }

    private Path numbered(String name, int count, double perSecond) throws Exception {
        var file = folder.resolve(name);
        VideoWriter.write(
                file, IntStream.range(0, count).mapToObj(VideoFileTest::frame).toList(), perSecond);
        return file;
    }

    private static SequencedMap<String, RgbImage> read(VideoFile video, double perSecond) throws IOException {
        var frames = new LinkedHashMap<String, RgbImage>();
        video.forEach(video.step(perSecond), frames::put);
        return frames;
    }

    @Test
    void framesAreTakenByIndexAndComeAsTheyAre() throws Exception {
        var video = VideoFile.open(numbered("whole.avi", 25, 10));
        assertEquals(10, video.framesPerSecond(), 1e-9);
        var frames = read(video, 4);
        assertEquals(
                List.of(
                        "000000", "000003", "000005", "000008", "000010", "000013", "000015", "000018", "000020",
                        "000023"),
                List.copyOf(frames.keySet()),
                "round(2.5 i)");
        frames.forEach((label, picture) -> {
            assertEquals(34, picture.width());
            assertEquals(18, picture.height());
            for (int y = 0; y < 18; y++) {
                for (int x = 0; x < 34; x++) {
                    assertEquals(Integer.parseInt(label) * 5 / 255f, picture.at(x, y, 0), 1e-6f, label);
                    assertEquals(x * 7 / 255f, picture.at(x, y, 1), 1e-6f, label);
                    assertEquals(y * 11 / 255f, picture.at(x, y, 2), 1e-6f, label);
                }
            }
        });
    }

    @Test
    void noFrameIsTakenTwice() throws Exception {
        assertEquals(5, read(VideoFile.open(numbered("few.avi", 5, 10)), 100).size());
    }

    @Test
    void ratesNeedNotBeWhole() throws Exception {
        var video = VideoFile.open(numbered("ntsc.mp4", 90, 30000 / 1001.0));
        assertEquals(30000 / 1001.0, video.framesPerSecond(), 1e-6);
        assertEquals(
                List.of("000000", "000030", "000060"),
                List.copyOf(read(video, 1).keySet()));
        assertEquals(90, read(video, 1000).size(), "none is lost between the decoder's threads");
    }

    /** H.264's colours, which a wrong matrix or range moves by 10 and more of 255. */
    @Test
    void coloursSurviveCompression() throws Exception {
        for (var colour :
                List.of(Color.RED, Color.GREEN, Color.BLUE, Color.WHITE, Color.BLACK, new Color(200, 120, 90))) {
            var frame = new BufferedImage(64, 48, BufferedImage.TYPE_3BYTE_BGR);
            for (int i = 0; i < 64 * 48; i++) {
                frame.setRGB(i % 64, i / 64, colour.getRGB());
            }
            var file = folder.resolve(colour.getRGB() + ".mp4");
            VideoWriter.write(file, List.of(frame, frame, frame), 25);
            var picture = read(VideoFile.open(file), 25).lastEntry().getValue();
            assertEquals(colour.getRed() / 255f, picture.at(30, 20, 0), 4 / 255f, colour + "");
            assertEquals(colour.getGreen() / 255f, picture.at(30, 20, 1), 4 / 255f, colour + "");
            assertEquals(colour.getBlue() / 255f, picture.at(30, 20, 2), 4 / 255f, colour + "");
        }
    }

    /** The writer codes red by BT.601, as Y 81, Cb 90, Cr 240; BT.709's formula reads that as green 24, not 0. */
    @Test
    void theMatrixThatTheVideoNamesIsTaken() throws Exception {
        var red = new BufferedImage(64, 48, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 64 * 48; i++) {
            red.setRGB(i % 64, i / 64, Color.RED.getRGB());
        }
        var file = folder.resolve("bt709.mp4");
        VideoWriter.write(file, List.of(red, red), 25, "bt709");
        var picture = read(VideoFile.open(file), 25).lastEntry().getValue();
        assertEquals(1, picture.at(30, 20, 0), 4 / 255f);
        assertEquals(24 / 255f, picture.at(30, 20, 1), 5 / 255f);
        assertEquals(0, picture.at(30, 20, 2), 4 / 255f);
    }

    @Test
    void namesMayHoldAnything() throws Exception {
        assertEquals(
                3, read(VideoFile.open(numbered("ä 100%: #1.avi", 3, 10)), 10).size());
    }

    @Test
    void whatIsNoVideoIsOneSentence() throws Exception {
        refused("There is no video", folder.resolve("none.mp4"));
        var text = folder.resolve("text.mp4");
        Files.writeString(text, "not a video");
        refused("text.mp4 cannot be read: ", text);
        Files.writeString(text, "");
        refused("text.mp4 cannot be read: ", text);
        var playlist = folder.resolve("playlist.mp4");
        var other = numbered("other.mp4", 5, 25);
        Files.writeString(playlist, "#EXTM3U\n#EXTINF:1,\n" + other + "\n#EXT-X-ENDLIST\n");
        refused("playlist.mp4 cannot be read: ", playlist);
        var content = Files.readAllBytes(other);
        Files.write(text, Arrays.copyOf(content, content.length / 2));
        refused("text.mp4 cannot be read: ", text); // its index is at its end
    }

    private static void refused(String sentence, Path file) {
        var e = assertThrows(UnreadableVideo.class, () -> VideoFile.open(file));
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
    }

    @Test
    void damageInTheMiddleIsNotSilent() throws Exception {
        var file = numbered("damaged.mp4", 60, 25);
        var content = Files.readAllBytes(file);
        Arrays.fill(content, content.length / 3, 2 * content.length / 3, (byte) 0xA5);
        Files.write(file, content);
        var frames = new ArrayList<String>();
        var e = assertThrows(UnreadableVideo.class, () -> {
            var video = VideoFile.open(file);
            video.forEach(1, (label, picture) -> frames.add(label));
        });
        assertTrue(e.getMessage().contains("is damaged") || e.getMessage().contains("cannot be read"), e.getMessage());
    }
}
