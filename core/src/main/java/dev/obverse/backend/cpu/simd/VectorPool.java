package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.EQ;

import dev.obverse.backend.PoolSpec;
import dev.obverse.backend.cpu.PoolLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Pooling, with the channels of a pixel in the lanes. */
public final class VectorPool implements PoolLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    @Override
    public void maxRow(PoolSpec s, int row, float[] x, int xo, float[] y, int yo) {
        if (plainTwoByTwo(s)) {
            maxRowOfTwo(s, row, x, xo, y, yo);
            return;
        }
        int c = s.c();
        int whole = F.loopBound(c);
        var rest = F.indexInRange(whole, c);
        int top = Math.max(0, row * s.strideH() - s.padH());
        int bottom = Math.min(s.h(), row * s.strideH() - s.padH() + s.kh());
        for (int column = 0; column < s.outW(); column++) {
            int left = Math.max(0, column * s.strideW() - s.padW());
            int right = Math.min(s.w(), column * s.strideW() - s.padW() + s.kw());
            for (int j = 0; j < whole; j += L) {
                var best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        best = best.max(fromArray(F, x, xo + (h * s.w() + w) * c + j));
                    }
                }
                best.intoArray(y, yo + column * c + j);
            }
            if (whole < c) {
                var best = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        best = best.max(fromArray(F, x, xo + (h * s.w() + w) * c + whole, rest));
                    }
                }
                best.intoArray(y, yo + column * c + whole, rest);
            }
        }
    }

    /** 2x2 windows that neither overlap nor touch padding, of pixels that fill whole vectors. */
    private static boolean plainTwoByTwo(PoolSpec s) {
        return s.kh() == 2
                && s.kw() == 2
                && s.strideH() == 2
                && s.strideW() == 2
                && s.padH() == 0
                && s.padW() == 0
                && s.c() % L == 0;
    }

    private static void maxRowOfTwo(PoolSpec s, int row, float[] x, int xo, float[] y, int yo) {
        int c = s.c();
        int line = s.w() * c;
        int top = xo + 2 * row * line;
        for (int column = 0; column < s.outW(); column++) {
            int i = top + 2 * column * c;
            int o = yo + column * c;
            for (int j = 0; j < c; j += L) {
                var upper = fromArray(F, x, i + j).max(fromArray(F, x, i + c + j));
                var lower = fromArray(F, x, i + line + j).max(fromArray(F, x, i + line + c + j));
                upper.max(lower).intoArray(y, o + j);
            }
        }
    }

    @Override
    public void maxGradientRow(PoolSpec s, int row, float[] x, float[] y, float[] dy, float[] dx, int xo, int yo) {
        if (plainTwoByTwo(s)) {
            maxGradientRowOfTwo(s, row, x, y, dy, dx, xo, yo);
            return;
        }
        int c = s.c();
        int top = Math.max(0, row * s.strideH() - s.padH());
        int bottom = Math.min(s.h(), row * s.strideH() - s.padH() + s.kh());
        for (int column = 0; column < s.outW(); column++) {
            int left = Math.max(0, column * s.strideW() - s.padW());
            int right = Math.min(s.w(), column * s.strideW() - s.padW() + s.kw());
            for (int j = 0; j < c; j += L) {
                var open = F.indexInRange(j, c);
                var max = fromArray(F, y, yo + column * c + j, open);
                var g = fromArray(F, dy, yo + column * c + j, open);
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        int i = xo + (h * s.w() + w) * c + j;
                        var here = fromArray(F, x, i, open).compare(EQ, max).and(open);
                        fromArray(F, dx, i, here).add(g).intoArray(dx, i, here);
                        open = open.andNot(here);
                    }
                }
            }
        }
    }

    private static void maxGradientRowOfTwo(
            PoolSpec s, int row, float[] x, float[] y, float[] dy, float[] dx, int xo, int yo) {
        int c = s.c();
        int line = s.w() * c;
        int top = xo + 2 * row * line;
        var zero = FloatVector.zero(F);
        for (int column = 0; column < s.outW(); column++) {
            int i = top + 2 * column * c;
            int o = yo + column * c;
            for (int j = 0; j < c; j += L) {
                var max = fromArray(F, y, o + j);
                // All reads before all writes: rows often lie a multiple of 4 KiB apart, and a processor takes a read
                // for one of what was just written if only the higher bits of the addresses differ.
                var first = fromArray(F, x, i + j).compare(EQ, max);
                var second = fromArray(F, x, i + c + j).compare(EQ, max);
                var third = fromArray(F, x, i + line + j).compare(EQ, max);
                var fourth = fromArray(F, x, i + line + c + j).compare(EQ, max);
                // What no earlier pixel of the window has taken.
                var left = fromArray(F, dy, o + j);
                zero.blend(left, first).intoArray(dx, i + j);
                left = left.blend(zero, first);
                zero.blend(left, second).intoArray(dx, i + c + j);
                left = left.blend(zero, second);
                zero.blend(left, third).intoArray(dx, i + line + j);
                left = left.blend(zero, third);
                zero.blend(left, fourth).intoArray(dx, i + line + c + j);
            }
        }
    }

    @Override
    public void averageRow(PoolSpec s, int row, float[] x, int xo, float[] y, int yo) {
        int c = s.c();
        int whole = F.loopBound(c);
        var rest = F.indexInRange(whole, c);
        float share = 1f / (s.kh() * s.kw());
        int top = Math.max(0, row * s.strideH() - s.padH());
        int bottom = Math.min(s.h(), row * s.strideH() - s.padH() + s.kh());
        for (int column = 0; column < s.outW(); column++) {
            int left = Math.max(0, column * s.strideW() - s.padW());
            int right = Math.min(s.w(), column * s.strideW() - s.padW() + s.kw());
            for (int j = 0; j < whole; j += L) {
                var sum = FloatVector.zero(F);
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        sum = sum.add(fromArray(F, x, xo + (h * s.w() + w) * c + j));
                    }
                }
                sum.mul(share).intoArray(y, yo + column * c + j);
            }
            if (whole < c) {
                var sum = FloatVector.zero(F);
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        sum = sum.add(fromArray(F, x, xo + (h * s.w() + w) * c + whole, rest));
                    }
                }
                sum.mul(share).intoArray(y, yo + column * c + whole, rest);
            }
        }
    }

    @Override
    public void averageGradientRow(PoolSpec s, int row, float[] dy, int yo, float[] dx, int xo) {
        int c = s.c();
        float share = 1f / (s.kh() * s.kw());
        int top = Math.max(0, row * s.strideH() - s.padH());
        int bottom = Math.min(s.h(), row * s.strideH() - s.padH() + s.kh());
        for (int column = 0; column < s.outW(); column++) {
            int left = Math.max(0, column * s.strideW() - s.padW());
            int right = Math.min(s.w(), column * s.strideW() - s.padW() + s.kw());
            for (int j = 0; j < c; j += L) {
                var mask = F.indexInRange(j, c);
                var g = fromArray(F, dy, yo + column * c + j, mask).mul(share);
                for (int h = top; h < bottom; h++) {
                    for (int w = left; w < right; w++) {
                        int i = xo + (h * s.w() + w) * c + j;
                        fromArray(F, dx, i, mask).add(g).intoArray(dx, i, mask);
                    }
                }
            }
        }
    }
}
