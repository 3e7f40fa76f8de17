package dev.obverse.drn.face;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.checkpoint.AtomicFile;
import dev.obverse.nn.onnx.OnnxModule;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A recogniser from an ONNX file, such as InsightFace's: one input {@code [N,3,S,S]}, whose first output is a vector
 * for each picture.
 */
public final class OnnxRecogniser implements Recogniser {
    static final String KIND = "obverse-onnx-recogniser";

    private final Path file;
    private final OnnxModule network;
    private final RecogniserInput input;
    private final String fingerprint;
    private final int length;

    private OnnxRecogniser(Path file, OnnxModule network, RecogniserInput input, String fingerprint) {
        this.file = file;
        this.network = network;
        this.input = input;
        this.fingerprint = fingerprint;
        this.length = embed(Tensor.zeros(Device.cpu(), Shape.of(1, input.size(), input.size(), 3)))
                .dim(1);
    }

    /**
     * Reads a file. The size that its graph says, if it says one, goes before that of {@code input}.
     *
     * @throws IOException in one sentence, if it cannot be read or does not turn faces into vectors
     */
    public static OnnxRecogniser read(Path file, RecogniserInput input) throws IOException {
        var network = OnnxModule.read(file);
        var inputs = network.inputs();
        if (inputs.size() != 1
                || (inputs.getFirst().extents().size() != 4
                        && !inputs.getFirst().extents().isEmpty())) {
            throw new IOException(
                    file + " is not a recogniser of pictures: it takes " + inputs + " instead of one [N,3,S,S]");
        }
        var extents = inputs.getFirst().extents();
        int size = extents.isEmpty() || extents.getLast() < 1 ? input.size() : extents.getLast();
        var fitted = input.withSize(size);
        var description = fitted + "\n" + Fingerprint.of(Files.readAllBytes(file));
        try {
            return new OnnxRecogniser(file, network, fitted, Fingerprint.of(description, network.namedTensors()));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " does not turn a picture into a vector: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        var name = String.valueOf(file.getFileName());
        return name.endsWith(".onnx") ? name.substring(0, name.length() - 5) : name;
    }

    @Override
    public int embeddingLength() {
        return length;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    public RecogniserInput input() {
        return input;
    }

    @Override
    public Tensor embed(Tensor faces) {
        try (var _ = NoGrad.open();
                var scope = TensorScope.open()) {
            var x = input.of(faces);
            boolean oneByOne =
                    network.inputs().getFirst().extents().stream().findFirst().orElse(-1) == 1;
            if (!oneByOne) {
                return scope.keep(vectors(network.forwardImages(x), x.dim(0)));
            }
            var rows = new Tensor[x.dim(0)];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = vectors(network.forwardImages(x.slice(0, i, i + 1)), 1);
            }
            return scope.keep(Functional.concat(0, rows));
        }
    }

    private static Tensor vectors(Tensor y, int count) {
        if (y.rank() < 1 || y.dim(0) != count || y.size() == 0) {
            throw new IllegalArgumentException(
                    "the result for " + count + " pictures has shape " + y.shape() + " instead of [" + count + ",D]");
        }
        return y.reshape(count, y.size() / count);
    }

    /** Writes where the file is and how it is used; the file itself is not copied. */
    @Override
    public void save(Path folder) throws IOException {
        var json = new JsonMapper().createObjectNode();
        json.put("kind", KIND);
        json.put("version", 1);
        json.put("file", file.toAbsolutePath().normalize().toString());
        json.put("input", input.words());
        json.put("fingerprint", fingerprint);
        Files.createDirectories(folder);
        AtomicFile.write(
                folder.resolve(RecogniserFolder.DESCRIPTION),
                new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }
}
