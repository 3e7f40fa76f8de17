package dev.obverse.nn;

import dev.obverse.nn.checkpoint.Npy;
import dev.obverse.nn.checkpoint.PyTorchFile;
import dev.obverse.nn.checkpoint.SafeTensors;
import dev.obverse.nn.checkpoint.StoredTensor;
import dev.obverse.nn.onnx.OnnxModule;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Gives the readers of foreign files whatever bytes Jazzer thinks of: each must read them or throw an
 * {@link IOException}, and nothing else. The first byte chooses the reader.
 */
public final class FuzzReaders {
    private FuzzReaders() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        var content = Arrays.copyOfRange(data, 1, data.length);
        try {
            switch (data[0] & 3) {
                case 0 -> onnx(content);
                case 1 ->
                    withFile(
                            content,
                            file -> PyTorchFile.read(file).tensors().values().forEach(StoredTensor::values));
                case 2 -> withFile(content, FuzzReaders::safetensors);
                default -> withFile(content, (data[0] & 4) == 0 ? Npy::read : Npy::readAll);
            }
        } catch (IOException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError("A refusal says why", e);
            }
        }
    }

    private static void onnx(byte[] content) throws IOException {
        var module = OnnxModule.read(content);
        if (module.inputs().size() != 1) {
            return;
        }
        var extents = module.inputs().getFirst().extents().stream()
                .mapToInt(e -> Math.clamp(e, 1, 8))
                .toArray();
        try {
            module.forward(Tensor.zeros(Device.cpu(), Shape.of(extents)));
        } catch (IllegalArgumentException e) {
            // a graph that cannot be run says so
        }
    }

    private static void safetensors(Path file) throws IOException {
        try (var tensors = SafeTensors.open(file)) {
            for (var entry : tensors.entries().values()) {
                if (entry.dtype().isReadable()) {
                    tensors.read(entry.name());
                }
            }
        }
    }

    /** Reads a file. */
    private interface Reader {
        void read(Path file) throws IOException;
    }

    private static void withFile(byte[] content, Reader reader) throws IOException {
        var file = Files.createTempFile("fuzz", ".bin");
        try {
            Files.write(file, content);
            reader.read(file);
        } finally {
            Files.delete(file);
        }
    }
}
