package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.drn.RunFolder;
import dev.obverse.drn.report.Measured;
import dev.obverse.nn.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse export}: a trained network for other programs. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes what a trained network does when it traces as an ONNX file (opset 18) to --out FILE"
                + " (traced.onnx in the run's folder): input 'fake' and output 'traced', [batch,3,S,S], red green blue,"
                + " values in [0,1].")
public final class Export implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(names = "--model", paramLabel = "RUN", required = true, description = "The folder of a training run.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Override
    public Integer call() throws IOException {
        Synth.requireCpu(shared);
        var network = new RunFolder(model).readNetwork();
        int size = network.architecture().size();
        var file = file(shared.out());
        new OnnxExport(network, network::trace, size, size, 3)
                .names("fake", "traced")
                .fact("note", Measured.NOT_PROOF)
                .write(file);
        shared.say(String.format(
                Locale.ROOT, "%s, %.1f MB, reads [batch,3,%d,%d]", file, Files.size(file) * 1e-6, size, size));
        shared.say(Measured.NOT_PROOF);
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("file", file.toString())
                .put("size", size)
                .put("opset", 18));
        return 0;
    }

    private Path file(@Nullable Path out) throws IOException {
        var file = out == null ? model.resolve("traced.onnx") : out;
        if (Files.isDirectory(file)) {
            throw shared.usage("--out " + file + " is a folder; name the file to write, for instance "
                    + file.resolve("traced.onnx"));
        }
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Shared.writable(folder);
        }
        return file;
    }
}
