package dev.obverse.benchmarks.work;

/** Extents of a batch of square images. */
final class Images {
    private Images() {}

    static int elements(int batch, int size, int channels) {
        return batch * size * size * channels;
    }

    static String words(int batch, int size, int channels) {
        return batch + "x" + size + "x" + size + "x" + channels;
    }
}
