package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.cpu.PoolLoops;
import java.util.Arrays;

/** Pooling in plain Java, channels innermost. */
public final class ScalarPool implements PoolLoops {
    @Override
    public void maxRow(PoolSpec s, int row, float[] x, int xo, float[] y, int yo) {
        Arrays.fill(y, yo, yo + s.outW() * s.c(), Float.NEGATIVE_INFINITY);
        overPixels(s, row, xo, yo, (i, o) -> {
            for (int j = 0; j < s.c(); j++) {
                y[o + j] = Math.max(y[o + j], x[i + j]);
            }
        });
    }

    @Override
    public void maxGradientRow(PoolSpec s, int row, float[] x, float[] y, float[] dy, float[] dx, int xo, int yo) {
        var given = new boolean[s.outW() * s.c()];
        overPixels(s, row, xo, yo, (i, o) -> {
            for (int j = 0; j < s.c(); j++) {
                if (x[i + j] == y[o + j] && !given[o - yo + j]) {
                    given[o - yo + j] = true;
                    dx[i + j] += dy[o + j];
                }
            }
        });
    }

    @Override
    public void averageRow(PoolSpec s, int row, float[] x, int xo, float[] y, int yo) {
        float share = 1f / (s.kh() * s.kw());
        Arrays.fill(y, yo, yo + s.outW() * s.c(), 0f);
        overPixels(s, row, xo, yo, (i, o) -> {
            for (int j = 0; j < s.c(); j++) {
                y[o + j] += share * x[i + j];
            }
        });
    }

    @Override
    public void averageGradientRow(PoolSpec s, int row, float[] dy, int yo, float[] dx, int xo) {
        float share = 1f / (s.kh() * s.kw());
        overPixels(s, row, xo, yo, (i, o) -> {
            for (int j = 0; j < s.c(); j++) {
                dx[i + j] += share * dy[o + j];
            }
        });
    }

    private interface Pixel {
        /** The pixel of the image at {@code i} belongs to the window of the result's pixel at {@code o}. */
        void run(int i, int o);
    }

    /** All pixels of each window of a row, in row-major order. */
    private static void overPixels(PoolSpec s, int row, int xo, int yo, Pixel body) {
        int top = Math.max(0, row * s.strideH() - s.padH());
        int bottom = Math.min(s.h(), row * s.strideH() - s.padH() + s.kh());
        for (int column = 0; column < s.outW(); column++) {
            int left = Math.max(0, column * s.strideW() - s.padW());
            int right = Math.min(s.w(), column * s.strideW() - s.padW() + s.kw());
            for (int h = top; h < bottom; h++) {
                for (int w = left; w < right; w++) {
                    body.run(xo + (h * s.w() + w) * s.c(), yo + column * s.c());
                }
            }
        }
    }
}
