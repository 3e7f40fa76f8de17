package dev.obverse.nn.checkpoint;

import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Fills tensors that exist already, such as a network's parameters, from a file that must fit them exactly. */
public final class Weights {
    private Weights() {}

    /**
     * Reads all tensors of a file into those given. Nothing is changed unless names and shapes agree.
     *
     * @throws IOException if the file cannot be read, or does not fit, as {@link #check} says
     */
    public static void load(Path file, Map<String, Tensor> targets) throws IOException {
        try (var source = SafeTensors.open(file)) {
            var expected = new LinkedHashMap<String, Shape>();
            targets.forEach((name, tensor) -> expected.put(name, tensor.shape()));
            check(source, expected);
            for (var target : targets.entrySet()) {
                target.getValue().set(source.read(target.getKey()));
            }
        }
    }

    /**
     * Compares names and shapes.
     *
     * @param expected by name; the first difference in this order is reported, then what the file has besides
     * @throws IOException in one sentence that names the first tensor that is missing, has another shape, holds
     *     integers or elements of an unknown type, or is not expected
     */
    public static void check(SafeTensors file, Map<String, Shape> expected) throws IOException {
        for (var tensor : expected.entrySet()) {
            var name = tensor.getKey();
            var found = file.entries().get(name);
            if (found == null) {
                throw unfit(file, "tensor '" + name + "' of shape " + tensor.getValue() + " is missing from the file");
            }
            if (!found.shape().equals(tensor.getValue())) {
                throw unfit(
                        file,
                        "tensor '" + name + "' has shape " + found.shape() + " in the file, but " + tensor.getValue()
                                + " is expected");
            }
            if (!found.dtype().isReadable()) {
                throw unfit(
                        file,
                        "tensor '" + name + "' holds " + found.type()
                                + " in the file, but F16, BF16, F32 or F64 is expected");
            }
        }
        for (var name : file.entries().keySet()) {
            if (!expected.containsKey(name)) {
                throw unfit(file, "the file has a tensor '" + name + "' that is not expected");
            }
        }
    }

    private static IOException unfit(SafeTensors file, String why) {
        return new IOException(file.file() + " does not fit: " + why);
    }
}
