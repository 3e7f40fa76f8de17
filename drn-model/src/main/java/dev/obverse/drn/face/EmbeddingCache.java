package dev.obverse.drn.face;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.nn.data.Collator;
import dev.obverse.nn.data.DataLoader;
import dev.obverse.nn.data.Dataset;
import dev.obverse.nn.data.LoaderOptions;
import dev.obverse.nn.data.SampleException;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The vectors that a recogniser gives, each computed once: they are kept in a file named after the recogniser's
 * fingerprint, under the SHA-256 of the picture file's content, so that neither a renamed nor a changed picture gets a
 * wrong vector. What is computed when a run breaks off is kept; a damaged file is computed anew.
 */
public final class EmbeddingCache implements EmbeddingSource {
    private static final System.Logger LOG = System.getLogger(EmbeddingCache.class.getName());
    private static final int BATCH = 32;
    private static final long SAVE_EVERY = Duration.ofSeconds(30).toNanos();

    private final Recogniser recogniser;
    private final Path file;
    private final BiConsumer<Integer, Integer> progress;

    /** A cache in a folder, which is made when something is kept. */
    public EmbeddingCache(Recogniser recogniser, Path folder) {
        this(recogniser, folder, (done, total) -> {});
    }

    /** The progress is given the number of vectors computed so far, and how many must be. */
    public EmbeddingCache(Recogniser recogniser, Path folder, BiConsumer<Integer, Integer> progress) {
        this.recogniser = recogniser;
        this.file = folder.resolve("embeddings-" + recogniser.fingerprint().substring(0, 16) + ".safetensors");
        this.progress = progress;
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
    public void save(Path target) throws IOException {
        recogniser.save(target);
    }

    @Override
    public synchronized float[][] embeddings(Path folder, List<String> images) throws IOException {
        var known = new LinkedHashMap<>(kept());
        var hashes = new ArrayList<String>();
        var missing = new LinkedHashMap<String, Path>();
        for (var image : images) {
            var path = folder.resolve(image);
            if (!Files.isRegularFile(path)) {
                throw new IOException("Image " + path + " does not exist, so it cannot be given to a recogniser");
            }
            var hash = Fingerprint.of(Files.readAllBytes(path));
            hashes.add(hash);
            if (!known.containsKey(hash)) {
                missing.put(hash, path);
            }
        }
        compute(missing, known);
        var rows = new float[hashes.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Objects.requireNonNull(known.get(hashes.get(i))).clone();
        }
        return rows;
    }

    private SequencedMap<String, float[]> kept() {
        if (!Files.exists(file)) {
            return new LinkedHashMap<>();
        }
        try {
            var table = EmbeddingTable.read(file);
            if (table.length() != embeddingLength()) {
                throw new IOException("its vectors have " + table.length() + " values instead of " + embeddingLength());
            }
            return table.rows();
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The embeddings kept in {0} are computed anew: {1}",
                    file,
                    e.getMessage());
            return new LinkedHashMap<>();
        }
    }

    private void compute(Map<String, Path> missing, SequencedMap<String, float[]> known) throws IOException {
        if (missing.isEmpty()) {
            return;
        }
        var hashes = List.copyOf(missing.keySet());
        var files = List.copyOf(missing.values());
        var paths = Dataset.of(files);
        int done = 0;
        long saved = System.nanoTime();
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (var loader = new DataLoader<>(paths, PICTURES, LoaderOptions.batchesOf(BATCH))) {
            for (var pictures : loader.epoch(0)) {
                for (var row : embed(pictures)) {
                    known.put(hashes.get(done), Rows.usable(row, recogniser.name(), files.get(done)));
                    done++;
                }
                progress.accept(done, hashes.size());
                if (System.nanoTime() - saved > SAVE_EVERY) {
                    write(known);
                    saved = System.nanoTime();
                }
            }
        } catch (SampleException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e);
        } finally {
            if (done > 0) {
                write(known);
            }
        }
    }

    private void write(SequencedMap<String, float[]> known) throws IOException {
        new EmbeddingTable(embeddingLength(), known).write(file);
    }

    private static final Collator<Path, RgbImage[]> PICTURES = new Collator<>() {
        @Override
        public RgbImage[] allocate(int size) {
            return new RgbImage[size];
        }

        @Override
        public void put(Path path, RgbImage[] batch, int slot, Philox random) throws IOException {
            batch[slot] = LabelledFaces.square(RgbImage.read(path));
        }
    };

    /** Pictures of one size go through the network together. */
    private float[][] embed(RgbImage[] pictures) {
        var bySide = new TreeMap<Integer, List<Integer>>();
        for (int i = 0; i < pictures.length; i++) {
            bySide.computeIfAbsent(pictures[i].width(), side -> new ArrayList<>())
                    .add(i);
        }
        var rows = new float[pictures.length][];
        bySide.forEach((side, indices) -> {
            var values = new float[indices.size() * 3 * side * side];
            for (int i = 0; i < indices.size(); i++) {
                var rgb = pictures[indices.get(i)].rgb();
                System.arraycopy(rgb, 0, values, i * rgb.length, rgb.length);
            }
            try (var _ = TensorScope.open()) {
                var faces = Tensor.of(Device.cpu(), values, Shape.of(indices.size(), side, side, 3));
                var vectors = Rows.of(recogniser.embed(faces));
                for (int i = 0; i < vectors.length; i++) {
                    rows[indices.get(i)] = vectors[i];
                }
            }
        });
        return rows;
    }
}
