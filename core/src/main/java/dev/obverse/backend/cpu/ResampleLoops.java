package dev.obverse.backend.cpu;

/** Inner loops of bilinear resizing. */
public interface ResampleLoops {
    /** {@code y = (1 - weight) a + weight b} over {@code n} elements. */
    void blend(float[] a, int ao, float[] b, int bo, float weight, float[] y, int yo, int n);

    /** {@code y += weight x} over {@code n} elements. */
    void addScaled(float weight, float[] x, int xo, float[] y, int yo, int n);

    /**
     * Pixels of a row between those of another: {@code y[p] = (1 - weight[p]) x[left[p]] + weight[p] x[right[p]]} for
     * every pixel {@code p} of {@code weight}, each of {@code c} channels.
     */
    void blendPixels(float[] x, int xo, int[] left, int[] right, float[] weight, int c, float[] y, int yo);

    /** The transpose: {@code dx[left[p]] += (1 - weight[p]) dy[p]}, {@code dx[right[p]] += weight[p] dy[p]}. */
    void spreadPixels(float[] dy, int yo, int[] left, int[] right, float[] weight, int c, float[] dx, int xo);
}
