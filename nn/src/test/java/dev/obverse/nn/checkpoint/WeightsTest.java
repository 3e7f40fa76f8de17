package dev.obverse.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.layer.Linear;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tensors of a file fit a module. */
class WeightsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theFirstDifferenceIsReported() throws IOException {
        var file = folder.resolve("net.safetensors");
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("conv.weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
        tensors.put("conv.bias", Tensor.of(new float[] {5, 6}, 2));
        SafeTensorsWriter.write(file, tensors, Map.of());

        var shapes = new LinkedHashMap<String, Shape>();
        shapes.put("conv.weight", Shape.of(2, 2));
        shapes.put("conv.bias", Shape.of(2));
        assertEquals(null, difference(file, shapes));
        shapes.put("head.weight", Shape.of(3, 1));
        assertEquals("tensor 'head.weight' of shape [3,1] is missing from the file", difference(file, shapes));
        shapes.put("conv.bias", Shape.of(1, 2));
        assertEquals("tensor 'conv.bias' has shape [2] in the file, but [1,2] is expected", difference(file, shapes));
        shapes.remove("head.weight");
        shapes.remove("conv.bias");
        assertEquals("the file has a tensor 'conv.bias' that is not expected", difference(file, shapes));
    }

    private static @Nullable String difference(Path file, Map<String, Shape> expected) throws IOException {
        try (var open = SafeTensors.open(file)) {
            Weights.check(open, expected);
            return null;
        } catch (IOException e) {
            var prefix = file + " does not fit: ";
            assertTrue(String.valueOf(e.getMessage()).startsWith(prefix), e.getMessage());
            return String.valueOf(e.getMessage()).substring(prefix.length());
        }
    }

    @Test
    void loadingChangesAllOrNothing() throws IOException {
        var file = folder.resolve("net.safetensors");
        var saved = new LinkedHashMap<String, Tensor>();
        saved.put("a", Tensor.of(new float[] {1, 2}, 2));
        saved.put("b", Tensor.of(new float[] {3}, 1));
        SafeTensorsWriter.write(file, saved, Map.of());
        var a = Tensor.of(new float[2], 2);
        var b = Tensor.of(new float[1], 1, 1);
        var targets = new LinkedHashMap<String, Tensor>();
        targets.put("a", a);
        targets.put("b", b);
        assertThrows(IOException.class, () -> Weights.load(file, targets));
        assertArrayEquals(new float[2], a.toArray());
        targets.put("b", b.reshape(1));
        Weights.load(file, targets);
        assertArrayEquals(new float[] {1, 2}, a.toArray());
        assertArrayEquals(new float[] {3}, targets.get("b").toArray());
    }

    @Test
    void integersAreListedByAnImportAndRefusedOnlyWhereTheyAreNeeded() throws IOException {
        var path = folder.resolve("integers.safetensors");
        var header = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"bias\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[24,32]},"
                + "\"num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]}}";
        Files.write(path, SafeTensorsFiles.file(header, 40));
        try (var file = SafeTensors.open(path)) {
            var report = WeightImport.of(file)
                    .rename(name -> name.equals("bias") ? "" : name)
                    .partly()
                    .into(new Linear(3, 2, new Philox(1)));
            assertEquals(List.of("bias (I32)", "num_batches_tracked (I64)"), report.unused());
            var e = assertThrows(IOException.class, () -> WeightImport.of(file).into(new Linear(3, 2, new Philox(1))));
            assertEquals(
                    path + ": tensor 'bias' has elements of type I32, but only F16, BF16, F32 and F64 can be read as a"
                            + " tensor",
                    e.getMessage());
        }
    }

    /** F4 packs two elements into a byte, F8_E8M0 is a scale: no reason not to read what stands beside them. */
    @Test
    void unknownTypesAreRefusedOnlyWhereTheyAreNeeded() throws IOException {
        var path = folder.resolve("later.safetensors");
        var header = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"bias\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[24,25]},"
                + "\"scale\":{\"dtype\":\"F8_E8M0\",\"shape\":[2],\"data_offsets\":[25,27]}}";
        Files.write(path, SafeTensorsFiles.file(header, 27));
        try (var file = SafeTensors.open(path)) {
            assertEquals(6, file.read("weight").length);
            assertEquals(new SafeTensors.Entry("bias", "F4", Shape.of(2), 24, 25), file.entry("bias"));
            assertEquals(DType.UNKNOWN, file.entry("scale").dtype());
            var report = WeightImport.of(file)
                    .rename(name -> name.equals("bias") ? "" : name)
                    .partly()
                    .into(new Linear(3, 2, new Philox(1)));
            assertEquals(List.of("bias (F4)", "scale (F8_E8M0)"), report.unused());
            var e = assertThrows(IOException.class, () -> WeightImport.of(file).into(new Linear(3, 2, new Philox(1))));
            assertEquals(
                    path + ": tensor 'bias' has elements of type F4, but only F16, BF16, F32 and F64 can be read as a"
                            + " tensor",
                    e.getMessage());
            var shapes = Map.of("bias", Shape.of(2));
            var unfit = assertThrows(IOException.class, () -> Weights.check(file, shapes));
            assertEquals(
                    path + " does not fit: tensor 'bias' holds F4 in the file, but F16, BF16, F32 or F64 is expected",
                    unfit.getMessage());
        }
    }
}
