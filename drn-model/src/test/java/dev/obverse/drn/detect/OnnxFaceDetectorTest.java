package dev.obverse.drn.detect;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.onnx.OnnxExport;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against InsightFace's SCRFD on ONNX Runtime and OpenCV's FaceDetectorYN; see detector_golden.py. */
class OnnxFaceDetectorTest {
    static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(OnnxFaceDetectorTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<JsonNode> detections() throws IOException {
        var cases = new JsonMapper().readTree(resource("detections.json").toFile());
        return StreamSupport.stream(cases.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("detections")
    void findsWhatTheDetectorsOwnSoftwareFinds(JsonNode expected) throws IOException {
        var model = expected.path("model").asText();
        var picture = expected.path("picture").asText();
        var found = OnnxFaceDetector.read(resource(model + ".onnx")).detect(RgbImage.read(resource(picture + ".png")));
        assertEquals(expected.path("faces").size(), found.size(), "faces");
        // All pictures but one come to the canvas as the same bytes, which leaves the order of float32 sums. That one
        // is scaled by 0.71, where OpenCV rounds to bytes, and InsightFace looks at 2x2 pixels instead of whole areas.
        boolean same = !picture.equals("odd");
        for (int i = 0; i < found.size(); i++) {
            var face = expected.path("faces").path(i);
            assertEquals(face.path(0).asDouble(), found.get(i).score(), same ? 2e-5 : 3e-3, "score of face " + i);
            var positions = positions(found.get(i));
            for (int k = 0; k < 14; k++) {
                // Both count from the centre of the first pixel, not from its corner.
                double at = face.path(k + 1).asDouble() + 0.5;
                assertEquals(at, positions.get(k), same ? 2e-4 : 1e-2, "position " + k + " of face " + i);
            }
        }
    }

    @Test
    void knowsItsNameAndWhatItIs() throws IOException {
        var scrfd = OnnxFaceDetector.read(resource("scrfd.onnx"));
        assertEquals("scrfd", scrfd.name());
        assertEquals("scrfd (SCRFD 640x640, score 0.5, overlap 0.4)", scrfd.toString());
        assertEquals(
                "yunet (YuNet up to 640x640, score 0.6, overlap 0.3)",
                OnnxFaceDetector.read(resource("yunet.onnx")).toString());
        assertEquals(
                scrfd.fingerprint(),
                OnnxFaceDetector.read(resource("scrfd.onnx")).fingerprint());
        assertNotEquals(
                scrfd.fingerprint(),
                OnnxFaceDetector.read(resource("scrfd-320x256.onnx")).fingerprint());
    }

    @Test
    void picturesOfAnyProportionsFit() throws IOException {
        for (var model : List.of("scrfd", "yunet", "yunet-640")) {
            var detector = OnnxFaceDetector.read(resource(model + ".onnx"));
            for (var picture : List.of(new RgbImage(1, 1), new RgbImage(3000, 1), new RgbImage(1, 3000))) {
                assertDoesNotThrow(() -> detector.detect(picture), model + " " + picture.width());
            }
        }
    }

    @Test
    void manyThreadsMayUseOne() throws IOException {
        var detector = OnnxFaceDetector.read(resource("yunet.onnx"));
        var pictures = List.of(RgbImage.read(resource("wide.png")), RgbImage.read(resource("small.png")));
        var alone = pictures.stream().map(detector::detect).toList();
        var together = IntStream.range(0, 24)
                .parallel()
                .mapToObj(i -> detector.detect(pictures.get(i % 2)))
                .toList();
        for (int i = 0; i < together.size(); i++) {
            assertEquals(alone.get(i % 2), together.get(i));
        }
    }

    @Test
    void whatFindsNoPointsIsRefused() {
        assertRefused(
                resource("boxes.onnx"),
                "boxes.onnx finds boxes without the five points by which faces are aligned, as Ultra-Light detectors"
                        + " and SCRFD without keypoints do: it gives scores [1,12,2], boxes [1,12,4]; known are SCRFD"
                        + " with keypoints");
    }

    @Test
    void whatIsNoDetectorIsRefused(@TempDir Path folder) throws IOException {
        var random = new Philox(8);
        var classifier = new Sequential(
                new Conv2d(3, 4, 3, ConvOptions.DEFAULT.stride(4), random),
                new Flatten(),
                new Linear(4 * 4 * 4, 7, random));
        var file = folder.resolve("classifier.onnx");
        new OnnxExport(classifier, classifier::forward, 16, 16, 3).write(file);
        assertRefused(file, "classifier.onnx is not a face detector that is known here: it gives");
        var flat = new Linear(6, 2, random);
        new OnnxExport(flat, flat::forward, 6).write(file);
        assertRefused(file, "instead of one picture [1,3,H,W]; known are SCRFD");
        assertRefused(folder.resolve("missing.onnx"), "missing.onnx");
    }

    private static void assertRefused(Path file, String sentence) {
        var e = assertThrows(IOException.class, () -> OnnxFaceDetector.read(file));
        assertTrue(String.valueOf(e.getMessage()).contains(sentence), e.getMessage());
    }

    private static List<Double> positions(DetectedFace face) {
        var all = new ArrayList<>(List.of(face.left(), face.top(), face.right(), face.bottom()));
        face.points().forEach(point -> all.addAll(List.of(point.x(), point.y())));
        return all;
    }
}
