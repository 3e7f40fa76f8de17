package dev.obverse.backend.cpu;

import dev.obverse.backend.PoolSpec;

/**
 * One row of pooled pixels of one image, {@code outW * c} elements from {@code yo} on; the image begins at {@code xo}.
 * Gradients are added to {@code dx}, which begins as zeros.
 */
public interface PoolLoops {
    void maxRow(PoolSpec s, int row, float[] x, int xo, float[] y, int yo);

    void maxGradientRow(PoolSpec s, int row, float[] x, float[] y, float[] dy, float[] dx, int xo, int yo);

    void averageRow(PoolSpec s, int row, float[] x, int xo, float[] y, int yo);

    void averageGradientRow(PoolSpec s, int row, float[] dy, int yo, float[] dx, int xo);
}
