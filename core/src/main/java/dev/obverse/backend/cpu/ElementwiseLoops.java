package dev.obverse.backend.cpu;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Unary;

/** Inner loops over {@code n} consecutive elements; every array has its own offset. Results may be inputs. */
public interface ElementwiseLoops {
    /** {@code y = f(x)}. */
    void unary(Unary f, float[] x, int xo, float[] y, int yo, int n);

    /** {@code dx = dy f'(x)}, all four arrays from the same offset. */
    void unaryGradient(Unary f, float[] x, float[] y, float[] dy, float[] dx, int o, int n);

    /** {@code y = f(a, b)}. */
    void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** {@code y = f(a, b)} with one {@code b} for all. */
    void binaryRight(Binary f, float[] a, int ao, float b, float[] y, int yo, int n);

    /** {@code y = f(a, b)} with one {@code a} for all. */
    void binaryLeft(Binary f, float a, float[] b, int bo, float[] y, int yo, int n);

    /** {@code target += source}. */
    void accumulate(float[] source, int so, float[] target, int to, int n);

    /**
     * Copies {@code rows} rows of {@code n} consecutive elements; rows are {@code sourceStep} and {@code targetStep}
     * apart.
     */
    void copyRows(float[] source, int so, int sourceStep, float[] target, int to, int targetStep, int rows, int n);
}
