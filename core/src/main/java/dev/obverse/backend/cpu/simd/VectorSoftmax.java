package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.ReduceLoops;
import dev.obverse.backend.cpu.SoftmaxLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Softmax on vectors. */
public final class VectorSoftmax implements SoftmaxLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private final ReduceLoops reduce = new VectorReduce();

    @Override
    public void softmax(float[] x, float[] y, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            exponentials(x, y, o, n, reduce.max(x, o, n));
            scale(y, o, n, (float) (1 / reduce.sum(y, o, n)));
        }
    }

    private static void exponentials(float[] x, float[] y, int o, int n, float max) {
        int i = o;
        for (; i <= o + n - L; i += L) {
            VectorMath.exp(fromArray(F, x, i).sub(max)).intoArray(y, i);
        }
        if (i < o + n) {
            var mask = F.indexInRange(i, o + n);
            VectorMath.exp(fromArray(F, x, i, mask).sub(max)).intoArray(y, i, mask);
        }
    }

    private static void scale(float[] y, int o, int n, float factor) {
        int end = o + F.loopBound(n);
        for (int i = o; i < end; i += L) {
            fromArray(F, y, i).mul(factor).intoArray(y, i);
        }
        for (int i = end; i < o + n; i++) {
            y[i] *= factor;
        }
    }

    @Override
    public void softmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            float dot = (float) reduce.dot(dy, o, y, o, n);
            int end = o + F.loopBound(n);
            for (int i = o; i < end; i += L) {
                fromArray(F, dy, i).sub(dot).mul(fromArray(F, y, i)).intoArray(dx, i);
            }
            for (int i = end; i < o + n; i++) {
                dx[i] = (dy[i] - dot) * y[i];
            }
        }
    }

    @Override
    public void logSoftmax(float[] x, float[] y, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            float max = reduce.max(x, o, n);
            exponentials(x, y, o, n, max);
            float log = (float) Math.log(reduce.sum(y, o, n));
            int end = o + F.loopBound(n);
            for (int i = o; i < end; i += L) {
                fromArray(F, x, i).sub(max).sub(log).intoArray(y, i);
            }
            for (int i = end; i < o + n; i++) {
                y[i] = x[i] - max - log;
            }
        }
    }

    @Override
    public void logSoftmaxGradient(float[] y, float[] dy, float[] dx, int from, int to, int n) {
        for (int row = from; row < to; row++) {
            int o = row * n;
            var sum = FloatVector.broadcast(F, (float) reduce.sum(dy, o, n));
            int i = o;
            for (; i <= o + n - L; i += L) {
                var p = VectorMath.exp(fromArray(F, y, i));
                fromArray(F, dy, i).sub(p.mul(sum)).intoArray(dx, i);
            }
            if (i < o + n) {
                var mask = F.indexInRange(i, o + n);
                var p = VectorMath.exp(fromArray(F, y, i, mask));
                fromArray(F, dy, i, mask).sub(p.mul(sum)).intoArray(dx, i, mask);
            }
        }
    }
}
