package dev.obverse.drn.prepare;

import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Similarity;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.detect.FaceAlignment;
import dev.obverse.drn.detect.FaceDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cuts the videos of a data set into aligned pairs of pictures. In each sampled frame of a genuine video the largest
 * face is found and aligned; the same crop is then cut from the same frame of every video that was made from it, so
 * that original and fake stay in register.
 *
 * <p>A folder holds {@code original/VIDEO/FRAME.png}, {@code fake/VIDEO/FRAME.png} and, in {@code parts/}, what is done
 * of each swapped video: a broken-off preparation goes on with the first that is not.
 */
public final class Preparation {
    /** Hears of each swapped video that is done, or was done before. */
    @FunctionalInterface
    public interface Listener {
        void done(int videos, String name);
    }

    /**
     * What came of it.
     *
     * @param rows a row for each pair, on the side that the data set's authors chose, or in training if they did not
     * @param leftOut every video and frame that gave no pair, and why
     */
    public record Prepared(List<PairManifest.Row> rows, List<LeftOut> leftOut) {}

    /** Where the face of a genuine frame goes, and how large that frame is. */
    private record Placed(Similarity toCrop, int width, int height) {}

    private final Path out;
    private final PreparedParts parts;
    private final SwapDataset dataset;
    private final Sampling sampling;
    private final FaceDetector detector;
    private final Frames.Reader videoFiles;

    /**
     * @param out an empty folder, or one that the same preparation was begun in
     * @param videoFiles opens videos that are files; folders of frames need nobody to open them
     * @throws IOException in one sentence, if the folder holds something else or was begun with other choices
     */
    public Preparation(
            SwapDataset dataset, Path out, Sampling sampling, FaceDetector detector, Frames.Reader videoFiles)
            throws IOException {
        this.dataset = dataset;
        this.out = out;
        this.sampling = sampling;
        this.detector = detector;
        this.videoFiles = videoFiles;
        parts = PreparedParts.in(out, dataset.title(), sampling, detector.fingerprint());
    }

    /** Prepares what is not done yet. */
    public Prepared run(Listener listener) throws IOException {
        var byOriginal = new LinkedHashMap<Path, List<SwappedVideo>>();
        for (var video : dataset.videos()) {
            byOriginal.computeIfAbsent(video.original(), _ -> new ArrayList<>()).add(video);
        }
        var rows = new ArrayList<PairManifest.Row>();
        var leftOut = new ArrayList<>(dataset.leftOut());
        int done = 0;
        for (var videos : byOriginal.values()) {
            var failures =
                    prepare(videos.stream().filter(v -> !parts.isDone(v.name())).toList());
            for (var video : videos) {
                var failure = failures.get(video.name());
                if (failure != null) {
                    leftOut.add(new LeftOut(video.name(), "", failure));
                } else {
                    var part = parts.read(video.name());
                    part.frames().forEach(label -> rows.add(row(video, label)));
                    part.leftOut().forEach((label, why) -> leftOut.add(new LeftOut(video.name(), label, why)));
                }
                listener.done(++done, video.name());
            }
        }
        parts.writeLeftOut(leftOut);
        return new Prepared(rows, leftOut);
    }

    /** Prepares videos made from the same genuine one, and says of each that cannot be read why. */
    private Map<String, String> prepare(List<SwappedVideo> videos) throws IOException {
        var failures = new LinkedHashMap<String, String>();
        if (videos.isEmpty()) {
            return failures;
        }
        var placed = new TreeMap<String, Placed>();
        var faceless = new ArrayList<String>();
        double step;
        try {
            var frames = open(videos.getFirst().original());
            step = frames.step(sampling.framesPerSecond());
            frames.forEach(step, (label, picture) -> {
                var face = detector.largest(picture);
                if (face.isEmpty()) {
                    faceless.add(label);
                    return;
                }
                var toCrop = FaceAlignment.of(face.get().points(), sampling.size());
                placed.put(label, new Placed(toCrop, picture.width(), picture.height()));
                write(picture, toCrop, originalFile(videos.getFirst(), label));
            });
        } catch (UnreadableVideo e) {
            videos.forEach(video -> failures.put(video.name(), e.getMessage()));
            return failures;
        }
        for (var video : videos) {
            try {
                parts.write(video.name(), cut(video, step, placed, faceless));
            } catch (UnreadableVideo e) {
                failures.put(video.name(), e.getMessage());
            }
        }
        return failures;
    }

    private PreparedParts.Part cut(SwappedVideo video, double step, Map<String, Placed> placed, List<String> faceless)
            throws IOException {
        var frames = new ArrayList<String>();
        var leftOut = new TreeMap<String, String>();
        faceless.forEach(label -> leftOut.put(label, "no face was found in the original"));
        placed.keySet().forEach(label -> leftOut.put(label, "the swapped video has no such frame"));
        open(video.fake()).forEach(step, (label, picture) -> {
            var place = placed.get(label);
            if (place == null) {
                leftOut.putIfAbsent(label, "the original has no such frame");
            } else if (picture.width() != place.width || picture.height() != place.height) {
                leftOut.put(
                        label,
                        "the swapped frame is %dx%d, the original %dx%d"
                                .formatted(picture.width(), picture.height(), place.width, place.height));
            } else {
                write(picture, place.toCrop, fakeFile(video, label));
                leftOut.remove(label);
                frames.add(label);
            }
        });
        return new PreparedParts.Part(frames, leftOut);
    }

    private Frames open(Path video) throws IOException {
        return Files.isDirectory(video) ? new FolderFrames(video) : videoFiles.open(video);
    }

    private void write(RgbImage picture, Similarity toCrop, String file) throws IOException {
        FaceAlignment.crop(picture, toCrop, sampling.size()).writePng(out.resolve(file));
    }

    private static String originalFile(SwappedVideo video, String label) {
        return "original/" + video.originalName() + "/" + label + ".png";
    }

    private static String fakeFile(SwappedVideo video, String label) {
        return "fake/" + video.name() + "/" + label + ".png";
    }

    private static PairManifest.Row row(SwappedVideo video, String label) {
        return new PairManifest.Row(
                video.name().replace('/', '_') + "_" + label,
                originalFile(video, label),
                fakeFile(video, label),
                video.originalId(),
                video.donorId(),
                // not the swapped one: all that were made from one video share its frames
                video.originalName(),
                video.official() == null ? Split.TRAIN : video.official());
    }
}
