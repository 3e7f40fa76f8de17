package dev.obverse.benchmarks.work;

import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.onnx.OnnxModule;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * From faces of 112x112 to vectors, by a network from an ONNX file, which every library reads.
 *
 * @param network {@value #IRESNET50}, which has random weights and needs no file, or the URI of a file
 */
public record RecogniserWork(int batch, String network) implements Work {
    /** The network of InsightFace's {@code w600k_r50}. */
    public static final String IRESNET50 = "iresnet50";

    /** Side of the pictures. */
    public static final int SIZE = 112;

    /** A file's network. */
    public static RecogniserWork of(int batch, Path file) {
        return new RecogniserWork(batch, file.toUri().toString());
    }

    private boolean isFile() {
        return !network.equals(IRESNET50);
    }

    private Path file() {
        return Path.of(URI.create(network));
    }

    /** The ONNX file's content. */
    public byte[] model() {
        try {
            return isFile() ? Files.readAllBytes(file()) : OnnxIResNet.model(SIZE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pictures, {@code [N,H,W,3]}, values in [-1,1]. */
    public float[] faces() {
        var faces = Inputs.uniform("faces", Images.elements(batch, SIZE, 3));
        for (int i = 0; i < faces.length; i++) {
            faces[i] = 2 * faces[i] - 1;
        }
        return faces;
    }

    @Override
    public String title() {
        var name = isFile() ? String.valueOf(file().getFileName()) : "IResNet-50";
        return "%s, %dx%d, batch %d".formatted(name, SIZE, SIZE, batch);
    }

    @Override
    public double flops() {
        return isFile() ? 0 : batch * OnnxIResNet.flops(SIZE);
    }

    /** Of a file nothing is known but that its weights must be read. */
    @Override
    public double bytes() {
        try {
            return isFile() ? Files.size(file()) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean ownProcess() {
        return true;
    }

    @Override
    public Task ours() {
        OnnxModule module;
        try {
            module = OnnxModule.read(model());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var faces = Tensor.of(Device.cpu(), faces(), Shape.of(batch, SIZE, SIZE, 3));
        return new TensorTask(() -> {
            try (var _ = NoGrad.open()) {
                return module.forwardImages(faces);
            }
        });
    }
}
