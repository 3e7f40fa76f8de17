package dev.obverse.drn.face;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where the vectors of picture files come from: computed by a recogniser, or read from a file made elsewhere. */
public sealed interface EmbeddingSource permits EmbeddingCache, EmbeddingFile {
    /** Length of the vectors. */
    int embeddingLength();

    /** SHA-256, in hexadecimal, of what decides the vectors: of the recogniser, or of the file. */
    String fingerprint();

    /** Writes a folder from which {@link Recognisers#source} makes this source again; it is made if need be. */
    void save(Path folder) throws IOException;

    /**
     * The vectors of pictures, in their order and as long as they were made.
     *
     * @param folder what the paths are relative to, {@link dev.obverse.drn.data.PairManifest#folder} for instance
     * @param images paths of picture files
     * @throws IOException naming the first picture that has no vector or cannot be read
     */
    float[][] embeddings(Path folder, List<String> images) throws IOException;
}
