package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SplitMode;
import dev.obverse.drn.detect.OnnxFaceDetector;
import dev.obverse.drn.prepare.Preparation;
import dev.obverse.drn.prepare.Sampling;
import dev.obverse.drn.prepare.SwapDataset;
import dev.obverse.examples.video.VideoFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse prepare}: the videos of a data set as aligned pairs of pictures. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = "Cuts Celeb-DF-v2 or FaceForensics++, as their authors hand them out, into aligned pairs in --out"
                + " (runs/prepared): original/VIDEO/FRAME.png, fake/VIDEO/FRAME.png, pairs.csv, and left-out.json with"
                + " all that gave no pair. Videos may also be folders of frames. The largest face of each genuine frame"
                + " is taken. Broken off, it goes on where it was.")
public final class Prepare implements Callable<Integer> {
    static final String DETECTOR = "An ONNX file that finds faces and their five points: SCRFD (InsightFace's"
            + " det_10g.onnx) or YuNet (OpenCV's face_detection_yunet_2023mar.onnx).";

    @Mixin
    private final Shared shared = new Shared();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "The data set: the folder of Celeb-synthesis, or of manipulated_sequences.")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(names = "--detector", paramLabel = "FILE", required = true, description = DETECTOR)
    @SuppressWarnings("NullAway.Init")
    private Path detector;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            defaultValue = "1",
            description = "Frames to take of each second (1); of folders of frames, all.")
    private double perSecond;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "128", description = "Side of the crops (128).")
    private int size;

    @Option(
            names = "--methods",
            paramLabel = "NAME",
            split = ",",
            description = "Of FaceForensics++: Deepfakes, FaceSwap, FaceShifter, DeepFakeDetection (all there are).")
    private Set<String> methods = new LinkedHashSet<>();

    @Option(
            names = "--compression",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Of FaceForensics++: raw, c23 or c40 (the one there is).")
    @SuppressWarnings("NullAway.Init")
    private String compression;

    @Option(
            names = "--split",
            paramLabel = "MODE",
            converter = SplitModeName.class,
            description = "official, identity, video, or frame-random as in the paper, which leaks (official where the"
                    + " data set has one, else identity).")
    private @Nullable SplitMode split;

    @Option(
            names = "--test-share",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Of the pairs, for a split that is not official (0.1).")
    private double testShare;

    /** Reads {@code --split}. */
    static final class SplitModeName implements CommandLine.ITypeConverter<SplitMode> {
        @Override
        public SplitMode convert(String value) {
            return Arrays.stream(SplitMode.values())
                    .filter(mode -> mode.word().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "'" + value + "' is not one of official, identity, video and frame-random"));
        }
    }

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        Synth.requireCpu(shared);
        var sampling = shared.checked(() -> new Sampling(perSecond, size));
        if (!(testShare > 0 && testShare < 1)) {
            throw shared.usage("--test-share must be more than 0 and less than 1, not " + testShare);
        }
        var dataset = SwapDataset.find(data, methods, compression);
        var mode = mode(dataset);
        var faces = OnnxFaceDetector.read(detector);
        var out = shared.outOr("runs/prepared");
        var preparation = new Preparation(dataset, out, sampling, faces, VideoFile::open);
        Preparation.Prepared prepared;
        try (var progress = shared.progress("preparing", dataset.videos().size(), "videos")) {
            prepared = preparation.run(progress::at);
        }
        if (prepared.rows().isEmpty()) {
            throw new DataException("no pair could be made, for example of "
                    + prepared.leftOut().getFirst() + "; all reasons are in " + out.resolve("left-out.json"));
        }
        var manifest = new PairManifest(out.toAbsolutePath(), prepared.rows()).split(mode, testShare, shared.seed());
        var file = out.resolve("pairs.csv");
        manifest.write(file);
        report(dataset, manifest, mode, prepared.leftOut().size(), file, (System.nanoTime() - start) * 1e-9);
        return 0;
    }

    /** The mode that was asked for, or the best that the data set allows. */
    private SplitMode mode(SwapDataset dataset) throws DataException {
        long sided = dataset.videos().stream().filter(v -> v.official() != null).count();
        boolean official = sided == dataset.videos().size();
        if (split == SplitMode.OFFICIAL && !official) {
            throw new DataException("The official split of " + dataset.title() + " is known for " + sided + " of "
                    + dataset.videos().size() + " videos only: put List_of_testing_videos.txt (Celeb-DF) or"
                    + " splits/*.json (FaceForensics++, without DeepFakeDetection) into " + data
                    + ", or choose another --split");
        }
        return split != null ? split : official ? SplitMode.OFFICIAL : SplitMode.IDENTITY;
    }

    private void report(
            SwapDataset dataset, PairManifest manifest, SplitMode mode, int leftOut, Path file, double seconds) {
        int pairs = manifest.rows().size();
        int test = manifest.rows(Split.TEST).size();
        shared.say("%s: %d pairs of %d swapped videos, %d of them test pairs (split: %s), in %s: %s"
                .formatted(
                        dataset.title(),
                        pairs,
                        dataset.videos().size(),
                        test,
                        mode.word(),
                        Progress.duration(seconds),
                        file));
        if (mode.leaks()) {
            shared.say("Frames of one video are on both sides, as in the paper: test figures will flatter the model.");
        }
        if (leftOut > 0) {
            shared.say("%d frames and videos gave no pair: %s says why"
                    .formatted(leftOut, file.resolveSibling("left-out.json")));
        }
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("manifest", file.toString())
                .put("dataset", dataset.title())
                .put("videos", dataset.videos().size())
                .put("pairs", pairs)
                .put("train", pairs - test)
                .put("test", test)
                .put("split", mode.word())
                .put("leftOut", leftOut)
                .put("seconds", seconds));
    }
}
