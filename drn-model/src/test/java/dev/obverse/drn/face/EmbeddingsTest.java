package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.checkpoint.SafeTensorsWriter;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddingsTest {
    @TempDir
    Path folder;

    private Path pictures;
    private Path kept;
    private List<String> names;
    private LabelledFaces faces;

    /** Counts the pictures it is given. */
    private static final class Counting implements Recogniser {
        @Override
        public void save(Path target) throws IOException {
            recogniser.save(target);
        }

        final AtomicInteger seen = new AtomicInteger();
        final TrainedRecogniser recogniser;
        int broken = -1;

        Counting(long seed) {
            recogniser = TrainedRecogniser.untrained(People.TINY, seed);
        }

        @Override
        public String name() {
            return recogniser.name();
        }

        @Override
        public int embeddingLength() {
            return recogniser.embeddingLength();
        }

        @Override
        public String fingerprint() {
            return recogniser.fingerprint();
        }

        @Override
        public Tensor embed(Tensor pictures) {
            int before = seen.getAndAdd(pictures.dim(0));
            var vectors = recogniser.embed(pictures);
            if (broken < before || broken >= seen.get()) {
                return vectors;
            }
            var values = vectors.toArray();
            values[(broken - before) * embeddingLength() + 1] = Float.NaN;
            return Tensor.of(values, vectors.dim(0), vectors.dim(1));
        }
    }

    @BeforeEach
    void write() throws IOException {
        pictures = folder.resolve("pictures");
        kept = folder.resolve("cache");
        faces = People.of(20, 2, 16, 9);
        names = People.write(faces, pictures);
    }

    private Path cacheFile() throws IOException {
        try (var files = Files.list(kept)) {
            return files.reduce((a, b) -> {
                        throw new AssertionError("more than one file: " + a + ", " + b);
                    })
                    .orElseThrow();
        }
    }

    @Test
    void computesOnceThenReads() throws IOException {
        var recogniser = new Counting(1);
        var reported = new ArrayList<Integer>();
        var cache = new EmbeddingCache(recogniser, kept, (done, total) -> {
            assertEquals(40, total);
            reported.add(done);
        });
        var rows = cache.embeddings(pictures, names);
        assertEquals(List.of(32, 40), reported);
        assertEquals(40, recogniser.seen.get());
        for (int i : new int[] {0, 31, 39}) {
            var alone =
                    recogniser.recogniser.embed(Tensor.of(People.image(faces, i).rgb(), 1, 16, 16, 3));
            assertArrayEquals(alone.toArray(), rows[i], 1e-5f);
        }
        var second = new Counting(1);
        var again = new EmbeddingCache(second, kept).embeddings(pictures, List.of("7.png", "0.png", "7.png"));
        assertEquals(0, second.seen.get());
        assertArrayEquals(rows[7], again[0]);
        assertArrayEquals(rows[0], again[1]);
        assertArrayEquals(rows[7], again[2]);
    }

    @Test
    void goesByContentAndRecogniser() throws IOException {
        var recogniser = new Counting(1);
        var cache = new EmbeddingCache(recogniser, kept);
        var rows = cache.embeddings(pictures, names.subList(0, 3));
        // the same picture under another name is known, another picture under the same name is not
        Files.copy(pictures.resolve("1.png"), pictures.resolve("copy.png"));
        Files.copy(pictures.resolve("9.png"), pictures.resolve("0.png"), StandardCopyOption.REPLACE_EXISTING);
        var changed = cache.embeddings(pictures, List.of("copy.png", "0.png"));
        assertEquals(4, recogniser.seen.get());
        assertArrayEquals(rows[1], changed[0]);
        assertFalse(Arrays.equals(rows[0], changed[1]));
        var other = new Counting(2);
        new EmbeddingCache(other, kept).embeddings(pictures, names.subList(0, 3));
        assertEquals(3, other.seen.get());
    }

    @Test
    void picturesOfDifferentSizesMix() throws IOException {
        People.image(faces, 3).resize(24, 24).writePng(pictures.resolve("large.png"));
        People.image(faces, 3).resize(24, 16).writePng(pictures.resolve("wide.png"));
        var mixed = List.of("0.png", "large.png", "1.png", "wide.png");
        var cache = new EmbeddingCache(new Counting(1), kept);
        var rows = cache.embeddings(pictures, mixed);
        for (int i = 0; i < 4; i++) {
            var alone = new EmbeddingCache(new Counting(1), folder.resolve("other" + i))
                    .embeddings(pictures, List.of(mixed.get(i)));
            assertArrayEquals(alone[0], rows[i], 1e-5f);
        }
    }

    @Test
    void aDamagedFileIsComputedAnew() throws IOException {
        var rows = new EmbeddingCache(new Counting(1), kept).embeddings(pictures, names);
        var file = cacheFile();
        var whole = Files.readAllBytes(file);
        for (var damage :
                List.of(new byte[0], Arrays.copyOf(whole, whole.length - 5), "x".getBytes(StandardCharsets.US_ASCII))) {
            Files.write(file, damage);
            var recogniser = new Counting(1);
            var again = new EmbeddingCache(recogniser, kept).embeddings(pictures, names);
            assertEquals(40, recogniser.seen.get());
            assertArrayEquals(rows, again);
            assertArrayEquals(whole, Files.readAllBytes(file));
        }
    }

    @Test
    void whatWasComputedBeforeAFailureIsKept() throws IOException {
        Files.writeString(pictures.resolve("35.png"), "no picture");
        var recogniser = new Counting(1);
        var cache = new EmbeddingCache(recogniser, kept);
        var e = assertThrows(IOException.class, () -> cache.embeddings(pictures, names));
        assertTrue(
                String.valueOf(e.getMessage()).contains("35.png")
                        && !String.valueOf(e.getMessage()).contains("\n"),
                e.getMessage());
        assertEquals(32, recogniser.seen.get());
        People.image(faces, 35).writePng(pictures.resolve("35.png"));
        cache.embeddings(pictures, names);
        assertEquals(40, recogniser.seen.get());
    }

    @Test
    void aVectorWithNaNNamesItsPictureAndIsNotKept() throws IOException {
        var recogniser = new Counting(1);
        recogniser.broken = 33;
        var e = assertThrows(IOException.class, () -> new EmbeddingCache(recogniser, kept).embeddings(pictures, names));
        var message = String.valueOf(e.getMessage());
        assertTrue(message.contains(pictures.resolve(names.get(33)) + " that contains NaN"), message);
        assertFalse(EmbeddingTable.read(cacheFile()).rows().isEmpty());
        recogniser.broken = -1;
        var rows = new EmbeddingCache(recogniser, kept).embeddings(pictures, names);
        assertTrue(Float.isFinite(rows[33][1]));
    }

    @Test
    void aMissingPictureIsNamed() {
        var cache = new EmbeddingCache(new Counting(1), kept);
        var e = assertThrows(IOException.class, () -> cache.embeddings(pictures, List.of("0.png", "none.png")));
        assertTrue(
                String.valueOf(e.getMessage()).contains("none.png")
                        && String.valueOf(e.getMessage()).contains("does not exist"),
                e.getMessage());
    }

    @Test
    void aFileOfEmbeddingsIsReadByPathOrName() throws IOException {
        var rows = new LinkedHashMap<String, float[]>();
        rows.put("original/a.png", new float[] {1, 2});
        rows.put("b.png", new float[] {3, 4});
        var file = folder.resolve("z.safetensors");
        new EmbeddingTable(2, rows).write(file);
        var source = EmbeddingFile.read(file);
        assertEquals(2, source.embeddingLength());
        var found = source.embeddings(pictures, List.of("fake/b.png", "original/a.png", "original\\a.png"));
        assertArrayEquals(new float[][] {{3, 4}, {1, 2}, {1, 2}}, found);
        var e = assertThrows(IOException.class, () -> source.embeddings(pictures, List.of("b.png", "fake/a.png")));
        assertTrue(
                String.valueOf(e.getMessage()).contains("'fake/a.png'")
                        && String.valueOf(e.getMessage()).contains("z.safetensors"),
                e.getMessage());
    }

    @Test
    void filesThatAreNotOfEmbeddingsAreNamed() throws IOException {
        assertFileSays("does not exist", null, Map.of());
        var two = Map.of("embeddings", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
        assertFileSays("JSON list", two, Map.of());
        assertFileSays("JSON list", two, Map.of("names", "[\"a\","));
        assertFileSays("1 names for 2", two, Map.of("names", "[\"a\"]"));
        assertFileSays("twice", two, Map.of("names", "[\"a\",\"a\"]"));
        assertFileSays("[N,D]", Map.of("other", Tensor.of(new float[] {1}, 1)), Map.of("names", "[\"a\"]"));
        var nan = Map.of("embeddings", Tensor.of(new float[] {1, Float.NaN}, 2, 1));
        assertFileSays("'b' contains NaN", nan, Map.of("names", "[\"a\",\"b\"]"));
    }

    private void assertFileSays(String text, @Nullable Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        var file = folder.resolve("bad.safetensors");
        if (tensors != null) {
            SafeTensorsWriter.write(file, tensors, metadata);
        }
        var message = String.valueOf(
                assertThrows(IOException.class, () -> EmbeddingFile.read(file)).getMessage());
        assertTrue(message.contains(text) && message.contains("bad.safetensors"), message);
    }
}
