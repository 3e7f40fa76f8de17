package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.detect.FaceAlignment;
import dev.obverse.drn.detect.FaceDetector;
import dev.obverse.drn.detect.OnnxFaceDetector;
import dev.obverse.drn.face.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obverse align}: faces out of photographs, placed as networks expect them. */
@Command(
        name = "align",
        mixinStandardHelpOptions = true,
        description = "Cuts the largest face out of each photograph, upright and in the place where prepare puts it:"
                + " pictures for trace, identify and its gallery, and train-recogniser. For DIR/NAME/photo.jpg of a"
                + " folder it writes NAME/photo.png into --out (runs/aligned), for a file photo.png.")
public final class Align implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--detector", paramLabel = "FILE", required = true, description = Prepare.DETECTOR)
    @SuppressWarnings("NullAway.Init")
    private Path detector;

    @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "128", description = "Side of the faces (128).")
    private int size;

    @Parameters(paramLabel = "FILE|DIR", arity = "1..*", description = "Photographs, and folders of them.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> photographs;

    @Override
    public Integer call() throws IOException {
        Synth.requireCpu(shared);
        shared.checked(() -> FaceAlignment.template(size));
        var targets = targets();
        var faces = OnnxFaceDetector.read(detector);
        var out = shared.outOr("runs/aligned");
        var json = JsonNodeFactory.instance.objectNode();
        var aligned = json.putArray("aligned");
        var faceless = json.putArray("faceless");
        try (var progress = shared.progress("aligning", targets.size(), "pictures")) {
            for (var target : targets.entrySet()) {
                var file = out.resolve(target.getKey());
                if (align(faces, target.getValue(), file)) {
                    aligned.add(file.toString());
                } else {
                    faceless.add(target.getValue().toString());
                    Progress.aboveBar(shared.err(), "no face was found in " + target.getValue());
                }
                progress.at(aligned.size() + faceless.size(), "");
            }
        }
        if (aligned.isEmpty()) {
            throw new DataException("no face was found in any of the " + targets.size() + " pictures");
        }
        shared.say("%d faces in %s%s"
                .formatted(
                        aligned.size(),
                        out,
                        faceless.isEmpty() ? "" : ", none in " + faceless.size() + " of the pictures"));
        shared.result(() -> json);
        return 0;
    }

    private boolean align(FaceDetector faces, Path photograph, Path file) throws IOException {
        var picture = RgbImage.read(photograph);
        var face = faces.largest(picture);
        if (face.isEmpty()) {
            return false;
        }
        FaceAlignment.crop(picture, FaceAlignment.of(face.get().points(), size), size)
                .writePng(file);
        return true;
    }

    /** Each photograph by the name of what is written for it. */
    private SequencedMap<String, Path> targets() throws IOException {
        var targets = new LinkedHashMap<String, Path>();
        for (var given : photographs) {
            if (Files.isDirectory(given)) {
                for (var path : Gallery.pictures(given)) {
                    add(targets, path, given.resolve(path));
                }
            } else {
                add(targets, String.valueOf(given.getFileName()), given);
            }
        }
        if (targets.isEmpty()) {
            throw new DataException("There are no pictures in " + photographs.getFirst());
        }
        return targets;
    }

    private void add(SequencedMap<String, Path> targets, String path, Path photograph) {
        int dot = path.lastIndexOf('.');
        var other = targets.put((dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path) + ".png", photograph);
        if (other != null) {
            throw shared.usage(other + " and " + photograph + " would be written to the same file; align them one at a"
                    + " time into different --out folders");
        }
    }
}
