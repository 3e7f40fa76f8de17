package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.RunFolder;
import dev.obverse.drn.Tracer;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.report.Mask;
import dev.obverse.drn.report.Measured;
import dev.obverse.drn.report.PictureGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obverse trace}: what the originals of some fakes probably looked like. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = "Traces pictures: for face.jpg it writes face-traced.png, face-mask.png (what changed) and"
                + " face-side-by-side.png into --out (runs/trace), at the size the network works on.")
public final class Trace implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--model", paramLabel = "RUN", required = true, description = "The folder of a training run.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Pictures of faces that may have been swapped.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> images;

    @Override
    public Integer call() throws IOException {
        requireDifferentNames();
        var device = shared.device();
        var out = shared.outOr("runs/trace");
        var network = new RunFolder(model).readNetwork();
        network.to(device);
        var tracer = new Tracer(network);
        var json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("images");
        boolean resizingSaid = false;
        for (var file : images) {
            var picture = RgbImage.read(file);
            int size = tracer.size();
            if ((picture.width() != size || picture.height() != size) && !resizingSaid) {
                resizingSaid = true;
                shared.err()
                        .println("%s is %dx%d; pictures that are not %dx%d are resized"
                                .formatted(file, picture.width(), picture.height(), size, size));
            }
            var fake = picture.resize(size, size);
            var traced = tracer.trace(fake);
            var files = json.objectNode().put("image", file.toString());
            write(traced, out.resolve(name(file) + "-traced.png"), files.put("size", size), "traced");
            write(Mask.of(fake, traced), out.resolve(name(file) + "-mask.png"), files, "mask");
            var sideBySide = PictureGrid.ofTrace(fake, traced).draw();
            write(sideBySide, out.resolve(name(file) + "-side-by-side.png"), files, "sideBySide");
            list.add(files);
            shared.say(file + ": " + out.resolve(name(file) + "-side-by-side.png"));
        }
        shared.say(Measured.NOT_PROOF);
        json.put("note", Measured.NOT_PROOF);
        shared.result(() -> json);
        return 0;
    }

    private static void write(RgbImage picture, Path file, ObjectNode files, String what) throws IOException {
        picture.writePng(file);
        files.put(what, file.toString());
    }

    private void requireDifferentNames() {
        var seen = new HashMap<String, Path>();
        for (var file : images) {
            var other = seen.put(name(file), file);
            if (other != null) {
                throw shared.usage(other + " and " + file + " would be written to the same files; trace them one at a"
                        + " time into different --out folders");
            }
        }
    }

    /** The file's name without its ending. */
    private static String name(Path file) {
        var name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
