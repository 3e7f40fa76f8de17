package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.work.RecogniserWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse bench recogniser}. */
@Command(
        name = "recogniser",
        mixinStandardHelpOptions = true,
        description = "From faces of 112x112 to vectors, by networks from ONNX files: IResNet-50 with random weights,"
                + " and the files that are given.")
final class RecogniserCommand implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Option(
            names = "--recogniser",
            paramLabel = "FILE",
            description = "An ONNX file that takes pictures of 112x112, such as InsightFace's; may be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            description = "Faces of a batch, several with commas (1,16).")
    private int[] batches = {1, 16};

    @Override
    public Integer call() throws IOException {
        var works = new ArrayList<RecogniserWork>();
        for (var file : files) {
            if (!Files.isRegularFile(file)) {
                throw shared.usage("--recogniser " + file + " is not a file: give an ONNX file");
            }
            for (int batch : batches) {
                works.add(RecogniserWork.of(batch, file));
            }
        }
        for (int batch : batches) {
            works.add(new RecogniserWork(shared.atLeastOne("--batch", batch), RecogniserWork.IRESNET50));
        }
        return shared.list(works);
    }
}
