package dev.obverse.backend.cpu.conv;

/**
 * An image whose channels lie in one array after the other, as if they had been concatenated: array {@code i} is
 * {@code [pixels, channels[i]]}. Most images are one array.
 */
public record ImageParts(float[][] arrays, int[] channels) {
    /** An image of one array, whatever its channels. */
    public static ImageParts of(float[] whole, int channels) {
        return new ImageParts(new float[][] {whole}, new int[] {channels});
    }

    /** Number of arrays. */
    public int count() {
        return arrays.length;
    }

    /** The one array, for algorithms that know no parts. */
    public float[] whole() {
        if (arrays.length != 1) {
            throw new IllegalStateException("An image in " + arrays.length + " parts must be joined first");
        }
        return arrays[0];
    }

    /** Whether every part's channels fill vectors, at least one. */
    public boolean fill(int lanes) {
        for (int c : channels) {
            if (c == 0 || c % lanes != 0) {
                return false;
            }
        }
        return true;
    }
}
