package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.face.EmbeddingCache;
import dev.obverse.drn.face.EmbeddingTable;
import dev.obverse.drn.face.Gallery;
import dev.obverse.nn.checkpoint.Npy;
import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obverse embed}: the vectors of many pictures. */
@Command(
        name = "embed",
        mixinStandardHelpOptions = true,
        description = "Writes a recogniser's vector of each picture of a folder, or of the originals and fakes of a"
            + " manifest, into --out: FILE.safetensors, with the names, or FILE.npy, rows in the order of the sorted"
            + " paths. What is computed is kept in --cache under the SHA-256 of the picture and of the recogniser, so"
            + " that a broken-off run goes on where it was.")
public final class Embed implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final RecogniserOption recogniser = new RecogniserOption();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Source source;

    private static final class Source {
        @Option(names = "--images", paramLabel = "DIR", description = "A folder of pictures, and its folders.")
        private @Nullable Path images;

        @Option(names = "--pairs", paramLabel = "FILE", description = "A manifest: its originals and fakes.")
        private @Nullable Path pairs;
    }

    @Mixin
    private final CacheOption cache = new CacheOption();

    @Override
    public Integer call() throws IOException {
        var out = shared.out();
        if (out == null || !(out.toString().endsWith(".npy") || out.toString().endsWith(".safetensors"))) {
            throw shared.usage("--out must name a file that ends in .npy or .safetensors");
        }
        Synth.requireCpu(shared);
        var network = recogniser.require(shared);
        var folder = source.images != null
                ? source.images
                : PairManifest.read(requirePairs()).folder();
        var images = source.images != null ? Gallery.pictures(source.images) : manifest(requirePairs());
        if (images.isEmpty()) {
            throw new DataException("There are no pictures in " + folder);
        }
        var parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            Shared.writable(parent);
        }
        float[][] vectors;
        try (var progress = shared.progress("embedding", images.size(), "pictures")) {
            vectors = new EmbeddingCache(network, cache.folder(), (done, total) -> progress.at(done, ""))
                    .embeddings(folder, images);
        }
        write(out, images, vectors, network.embeddingLength());
        shared.say("%d vectors of length %d by %s: %s"
                .formatted(vectors.length, network.embeddingLength(), network.name(), out));
        shared.result(() -> JsonNodeFactory.instance
                .objectNode()
                .put("file", out.toString())
                .put("count", vectors.length)
                .put("length", network.embeddingLength())
                .put("recogniser", network.fingerprint()));
        return 0;
    }

    private Path requirePairs() {
        if (source.pairs == null) {
            throw shared.usage("give --images or --pairs");
        }
        return source.pairs;
    }

    private static List<String> manifest(Path file) throws IOException {
        var paths = new TreeSet<String>();
        for (var row : PairManifest.read(file).rows()) {
            paths.add(row.original());
            paths.add(row.fake());
        }
        return List.copyOf(paths);
    }

    private static void write(Path out, List<String> images, float[][] vectors, int length) throws IOException {
        if (out.toString().endsWith(".safetensors")) {
            var rows = new LinkedHashMap<String, float[]>();
            for (int i = 0; i < vectors.length; i++) {
                rows.put(images.get(i), vectors[i]);
            }
            new EmbeddingTable(length, rows).write(out);
            return;
        }
        var values = new float[vectors.length * length];
        for (int i = 0; i < vectors.length; i++) {
            System.arraycopy(vectors[i], 0, values, i * length, length);
        }
        Npy.write(out, Shape.of(vectors.length, length), values);
    }
}
