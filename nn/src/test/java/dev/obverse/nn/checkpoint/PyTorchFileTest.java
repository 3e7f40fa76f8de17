package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.ConvTranspose2d;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.ReLU;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote ({@code pytorch_golden.py}), and files that mean harm. */
class PyTorchFileTest {
    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(PyTorchFileTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"golden.pt", "golden-legacy.pt"})
    void readsBothFormats(String name) throws IOException {
        var file = PyTorchFile.read(resource(name));
        var expected = Npy.readAll(resource("golden-pt.npz"));
        assertEquals(expected.keySet(), new LinkedHashSet<>(file.tensors().keySet()));
        file.tensors().forEach((tensor, stored) -> {
            var want = Objects.requireNonNull(expected.get(tensor));
            assertEquals(want.shape(), stored.shape(), tensor);
            assertArrayEquals(want.values(), stored.values(), tensor);
        });
    }

    @Test
    void weightsFillALikeNetworkInOurOrder() throws IOException {
        var random = new Philox(1);
        var net = new Sequential()
                .add("0", new Conv2d(3, 4, 3, random))
                .add("1", new BatchNorm(4))
                .add("2", new ReLU())
                .add("3", new ConvTranspose2d(4, 2, 2, ConvOptions.DEFAULT.stride(2), random))
                .add("4", new Flatten())
                .add("5", new Linear(2 * 4 * 6, 3, random));
        var source = WeightImport.of(PyTorchFile.read(resource("net.pt"))).prefix("state_dict.module.");
        var report = source.flattened("5.weight", 2, 4, 6).into(net);
        net.eval();
        var arrays = Npy.readAll(resource("net.npz"));
        var x = Objects.requireNonNull(arrays.get("x"));
        var y = net.forward(Tensor.of(Device.cpu(), x.floats(), x.shape()).permute(0, 2, 3, 1));
        assertArrayEquals(Objects.requireNonNull(arrays.get("y")).floats(), y.toArray(), 1e-6f);
        assertTrue(
                report.toString()
                        .startsWith("0.weight <- state_dict.module.0.weight [4,3,3,3], [out,in,h,w] to [h,w,in,out]\n"),
                report.toString());
        assertEquals(List.of("state_dict.module.1.num_batches_tracked (I64)"), report.unused());
    }

    @Test
    void whatDoesNotFitChangesNothing() throws IOException {
        var file = PyTorchFile.read(resource("net.pt"));
        var net = new Sequential(new Conv2d(3, 4, 3, new Philox(1)), new BatchNorm(5));
        var before = net.parameter("0.weight").value().toArray();
        var e = assertThrows(
                IOException.class,
                () -> WeightImport.of(file).prefix("state_dict.module.").into(net));
        assertTrue(
                String.valueOf(e.getMessage())
                        .endsWith("'state_dict.module.1.weight' has shape [4], but '1.weight' needs [5]"),
                e.getMessage());
        var missing =
                assertThrows(IOException.class, () -> WeightImport.of(file).into(net));
        assertTrue(String.valueOf(missing.getMessage()).contains("has nothing for '0.weight' [3,3,3,4]"));
        var nothing = assertThrows(
                IOException.class, () -> WeightImport.of(file).partly().into(net));
        assertTrue(String.valueOf(nothing.getMessage()).contains("has nothing for this module"), nothing.getMessage());
        var misspelt = assertThrows(
                IllegalArgumentException.class,
                () -> WeightImport.of(file).flattened("2.wieght", 1, 1, 1).into(net));
        assertTrue(String.valueOf(misspelt.getMessage()).contains("'2.wieght'"), misspelt.getMessage());
        assertArrayEquals(before, net.parameter("0.weight").value().toArray());
    }

    @Test
    void aFileThatWantsToRunAProgramIsRefused() {
        var e = assertThrows(IOException.class, () -> PyTorchFile.read(resource("evil.pt")));
        assertTrue(
                String.valueOf(e.getMessage())
                        .endsWith("evil.pt is not a valid PyTorch file: it wants to call posix.system, but only tensors"
                                + " and plain values are read; save the state_dict() alone"),
                e.getMessage());
        assertFalse(Files.exists(Path.of("/tmp/evil")));
    }

    /** Whatever bytes are changed: the file is read or refused in a sentence. */
    @Property(tries = 2000)
    void damagedFilesAreReadOrRefused(
            @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int seed,
            @ForAll @IntRange(min = 1, max = 6) int changes,
            @ForAll boolean cut)
            throws IOException {
        var names = List.of("golden.pt", "golden-legacy.pt", "golden-pt.npz");
        var name = names.get(seed % names.size());
        var content = Files.readAllBytes(resource(name));
        var random = new Philox(seed);
        for (int i = 0; i < changes; i++) {
            content[random.nextInt(content.length)] = (byte) random.nextInt(256);
        }
        var file = Files.createTempFile("damaged", ".pt");
        try {
            Files.write(file, cut ? Arrays.copyOf(content, random.nextInt(content.length)) : content);
            if (name.endsWith("npz")) {
                Npy.readAll(file);
            } else {
                PyTorchFile.read(file).tensors().values().forEach(StoredTensor::values);
            }
        } catch (IOException e) {
            assertTrue(e.getMessage() != null && !e.getMessage().isBlank());
        } finally {
            Files.delete(file);
        }
    }
}
