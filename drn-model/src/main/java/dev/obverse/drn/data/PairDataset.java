package dev.obverse.drn.data;

import dev.obverse.nn.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Pairs of a manifest as pixels of one size. Decoded pictures are kept, a byte a value, while they fit into a quarter
 * of the heap; the others are decoded each time.
 */
public final class PairDataset implements Dataset<PairDataset.Pixels> {
    private static final System.Logger LOG = System.getLogger(PairDataset.class.getName());

    /**
     * One pair.
     *
     * @param original {@code [size,size,3]}, values 0 to 255, as is {@code fake}
     */
    public record Pixels(byte[] original, byte[] fake) {
        /** Writes the original's values, in [0,1], into {@code target} from {@code offset} on. */
        public void originalTo(float[] target, int offset) {
            write(original, target, offset);
        }

        /** Writes the fake's values, in [0,1], into {@code target} from {@code offset} on. */
        public void fakeTo(float[] target, int offset) {
            write(fake, target, offset);
        }

        private static void write(byte[] pixels, float[] target, int offset) {
            for (int i = 0; i < pixels.length; i++) {
                target[offset + i] = (pixels[i] & 0xFF) / 255f;
            }
        }
    }

    private final PairManifest manifest;
    private final List<PairManifest.Row> rows;
    private final int size;
    private final AtomicReferenceArray<Pixels> decoded;
    private final AtomicLong budget = new AtomicLong(Runtime.getRuntime().maxMemory() / 4);
    private final AtomicBoolean resizingSaid;

    /**
     * @param rows rows of {@code manifest}, at least one
     * @param size pictures of another size are resized, which is logged once
     */
    public PairDataset(PairManifest manifest, List<PairManifest.Row> rows, int size) {
        this(manifest, rows, size, new AtomicBoolean());
    }

    private PairDataset(PairManifest manifest, List<PairManifest.Row> rows, int size, AtomicBoolean resizingSaid) {
        this.resizingSaid = resizingSaid;
        this.manifest = manifest;
        this.rows = List.copyOf(rows);
        this.size = size;
        decoded = new AtomicReferenceArray<>(rows.size());
    }

    /** Other rows of the same manifest at the same size; what was logged once is not logged again. */
    public PairDataset of(List<PairManifest.Row> others) {
        return new PairDataset(manifest, others, size, resizingSaid);
    }

    @Override
    public int size() {
        return rows.size();
    }

    /** Side of the pictures, in pixels. */
    public int imageSize() {
        return size;
    }

    public PairManifest.Row row(int index) {
        return rows.get(index);
    }

    public Path originalFile(int index) {
        return manifest.originalFile(rows.get(index));
    }

    public Path fakeFile(int index) {
        return manifest.fakeFile(rows.get(index));
    }

    @Override
    public Pixels get(int index) throws IOException {
        var kept = decoded.get(index);
        if (kept != null) {
            return kept;
        }
        var pixels = new Pixels(read(originalFile(index)), read(fakeFile(index)));
        long bytes = (long) pixels.original.length + pixels.fake.length;
        if (budget.addAndGet(-bytes) >= 0) {
            decoded.set(index, pixels);
        }
        return pixels;
    }

    private byte[] read(Path file) throws IOException {
        var image = RgbImage.read(file);
        if ((image.width() != size || image.height() != size) && resizingSaid.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} is {1}x{2}; pictures that are not {3}x{3} are resized",
                    file,
                    image.width(),
                    image.height(),
                    size);
        }
        var rgb = image.resize(size, size).rgb();
        var pixels = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            pixels[i] = (byte) RgbImage.toByte(rgb[i]);
        }
        return pixels;
    }
}
