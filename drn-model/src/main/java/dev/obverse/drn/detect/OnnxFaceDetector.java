package dev.obverse.drn.detect;

import dev.obverse.autograd.NoGrad;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.face.Fingerprint;
import dev.obverse.nn.onnx.OnnxModule;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A detector from an ONNX file: SCRFD with keypoints, or YuNet. It runs on the processor.
 *
 * <p>Boxes and points are half a pixel right of and below the numbers that InsightFace and OpenCV give, which count
 * from the centre of the first pixel and not from its corner. Overlapping boxes are compared, and pictures scaled down,
 * a little differently too: see {@link NonMaximumSuppression} and {@link Letterbox}.
 */
public final class OnnxFaceDetector implements FaceDetector {
    /** Side of the canvas in pixels where a file does not say it; InsightFace's, and that of YuNet's file. */
    private static final int SIDE = 640;

    /** So that no file can ask for the memory of a canvas that no detector has. */
    private static final int LARGEST_SIDE = 4096;

    private static final String KNOWN = "known are SCRFD with keypoints (InsightFace's det_10g.onnx, det_2.5g.onnx,"
            + " det_500m.onnx and scrfd_*_bnkps.onnx) and YuNet (OpenCV Zoo's face_detection_yunet_2023mar.onnx and"
            + " newer)";

    private final Path file;
    private final OnnxModule network;
    private final DetectorHead head;
    private final String fingerprint;

    private OnnxFaceDetector(Path file, OnnxModule network, DetectorHead head, String fingerprint) {
        this.file = file;
        this.network = network;
        this.head = head;
        this.fingerprint = fingerprint;
    }

    /**
     * Reads a file and tells by its outputs for a black picture which detector it is.
     *
     * @throws IOException in one sentence, if it cannot be read or does not find faces with five points
     */
    public static FaceDetector read(Path file) throws IOException {
        var network = OnnxModule.read(file);
        var inputs = network.inputs();
        if (inputs.size() != 1 || !takesOnePicture(inputs.getFirst().extents())) {
            throw new IOException(file + " is not a face detector: it takes " + inputs
                    + " instead of one picture [1,3,H,W]; " + KNOWN);
        }
        var extents = inputs.getFirst().extents();
        boolean anyHeight = extents.isEmpty() || extents.get(2) < 1;
        boolean anyWidth = extents.isEmpty() || extents.get(3) < 1;
        int height = anyHeight ? SIDE : extents.get(2);
        int width = anyWidth ? SIDE : extents.get(3);
        DetectorHead head;
        try (var _ = NoGrad.open();
                var _ = TensorScope.open()) {
            var outputs = outputs(network, new float[3 * height * width], height, width);
            var scrfd = ScrfdHead.of(outputs, width, height);
            if (scrfd != null) {
                head = scrfd;
            } else if (YuNetHead.fits(outputs, width, height)) {
                head = new YuNetHead(width, height, anyHeight && anyWidth);
            } else {
                throw unknown(file, outputs);
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IOException(
                    file + " does not take a picture of " + width + "x" + height + ": " + e.getMessage() + "; " + KNOWN,
                    e);
        }
        var description = head + "\n" + Fingerprint.of(Files.readAllBytes(file));
        return new OnnxFaceDetector(file, network, head, Fingerprint.of(description, network.namedTensors()));
    }

    /** Whether that can be {@code [1,3,H,W]}; nothing said is anything. */
    private static boolean takesOnePicture(List<Integer> extents) {
        return extents.isEmpty()
                || (extents.size() == 4
                        && extents.get(0) <= 1
                        && (extents.get(1) < 1 || extents.get(1) == 3)
                        && extents.get(2) <= LARGEST_SIDE
                        && extents.get(3) <= LARGEST_SIDE);
    }

    private static IOException unknown(Path file, Map<String, Tensor> outputs) {
        var gives = outputs.entrySet().stream()
                .map(output -> output.getKey() + " " + output.getValue().shape())
                .collect(Collectors.joining(", "));
        boolean boxes = outputs.size() > 1 && hasRowsOf(4, outputs) && !hasRowsOf(10, outputs);
        return new IOException(
                boxes
                        ? file + " finds boxes without the five points by which faces are aligned, as Ultra-Light"
                                + " detectors and SCRFD without keypoints do: it gives " + gives + "; " + KNOWN
                        : file + " is not a face detector that is known here: it gives " + gives + "; " + KNOWN);
    }

    private static boolean hasRowsOf(int columns, Map<String, Tensor> outputs) {
        return outputs.values().stream()
                .anyMatch(y -> y.rank() > 1 && y.dim(y.rank() - 1) == columns && y.size() > columns);
    }

    private static Map<String, Tensor> outputs(OnnxModule network, float[] planes, int height, int width) {
        var picture = Tensor.of(Device.cpu(), planes, Shape.of(1, 3, height, width));
        return network.forward(Map.of(network.inputs().getFirst().name(), picture));
    }

    @Override
    public List<DetectedFace> detect(RgbImage picture) {
        try (var _ = NoGrad.open();
                var _ = TensorScope.open()) {
            var place = head.place(picture);
            var outputs = outputs(network, head.planes(picture, place), place.height(), place.width());
            return NonMaximumSuppression.keep(head.faces(outputs, place), head.mostOverlap());
        }
    }

    @Override
    public String name() {
        var name = String.valueOf(file.getFileName());
        return name.endsWith(".onnx") ? name.substring(0, name.length() - 5) : name;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public String toString() {
        return name() + " (" + head + ")";
    }
}
