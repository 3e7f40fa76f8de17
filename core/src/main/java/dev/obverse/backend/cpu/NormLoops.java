package dev.obverse.backend.cpu;

/**
 * Inner loops of normalisation, over rows of {@code width} elements whose constants repeat from row to row: element
 * {@code j} of a row has {@code z = (x - mean[j]) scale[j] + shift[j]} and {@code y = z > 0 ? z : slope z}.
 */
public interface NormLoops {
    /**
     * {@code sum[j] += d} and {@code squares[j] += d d} over all rows, where {@code d = x - origin[j]}.
     *
     * <p>Nothing is lost to cancellation as long as the origin is near the mean, measured in deviations.
     */
    void addMoments(float[] x, int o, int rows, int width, float[] origin, float[] sum, float[] squares);

    /** Writes {@code y} for {@code n} elements; the last row may be short. */
    void normalize(
            float[] x, float[] y, int o, int n, int width, float[] mean, float[] scale, float[] shift, float slope);

    /**
     * {@code sum[j] += dz} and {@code products[j] += dz (x - mean[j])} over all rows, where {@code dz = z > 0 ? dy :
     * slope dy}.
     */
    void addGradients(
            float[] x,
            float[] dy,
            int o,
            int rows,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] sum,
            float[] products);

    /** {@code dx = dz scale[j] + (x - mean[j]) a[j] + b[j]} for {@code n} elements; the last row may be short. */
    void gradient(
            float[] x,
            float[] dy,
            float[] dx,
            int o,
            int n,
            int width,
            float[] mean,
            float[] scale,
            float[] shift,
            float slope,
            float[] a,
            float[] b);
}
