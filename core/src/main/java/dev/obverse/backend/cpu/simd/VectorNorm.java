package dev.obverse.backend.cpu.simd;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.obverse.backend.cpu.NormLoops;
import dev.obverse.backend.cpu.ReduceLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Normalisation and softmax on vectors. */
public final class VectorNorm implements NormLoops {
    private static final VectorSpecies<Float> F = Lanes.F;
    private static final int L = Lanes.LENGTH;

    private final ReduceLoops reduce = new VectorReduce();

    @Override
    public void normalize(float[] x, float[] y, int o, int n, float mean, float inverse) {
        int end = o + F.loopBound(n);
        for (int i = o; i < end; i += L) {
            fromArray(F, x, i).sub(mean).mul(inverse).intoArray(y, i);
        }
        for (int i = end; i < o + n; i++) {
            y[i] = (x[i] - mean) * inverse;
        }
    }

    @Override
    public void normalizeRows(float[] x, float[] y, int o, int n, int width, float[] mean, float[] inverse) {
        for (int start = 0; start < n; start += width) {
            int count = Math.min(width, n - start);
            int at = o + start;
            int whole = F.loopBound(count);
            for (int j = 0; j < whole; j += L) {
                fromArray(F, x, at + j)
                        .sub(fromArray(F, mean, j))
                        .mul(fromArray(F, inverse, j))
                        .intoArray(y, at + j);
            }
            for (int j = whole; j < count; j++) {
                y[at + j] = (x[at + j] - mean[j]) * inverse[j];
            }
        }
    }

    @Override
    public void gradient(float[] y, float[] dy, float[] dx, int o, int n, float meanDy, float meanDyY, float inverse) {
        int end = o + F.loopBound(n);
        for (int i = o; i < end; i += L) {
            fromArray(F, dy, i)
                    .sub(meanDy)
                    .sub(fromArray(F, y, i).mul(meanDyY))
                    .mul(inverse)
                    .intoArray(dx, i);
        }
        for (int i = end; i < o + n; i++) {
            dx[i] = (dy[i] - meanDy - y[i] * meanDyY) * inverse;
        }
    }

    @Override
    public void gradientRows(
            float[] y,
            float[] dy,
            float[] dx,
            int o,
            int n,
            int width,
            float[] meanDy,
            float[] meanDyY,
            float[] inverse) {
        for (int start = 0; start < n; start += width) {
            int count = Math.min(width, n - start);
            int at = o + start;
            int whole = F.loopBound(count);
            for (int j = 0; j < whole; j += L) {
                fromArray(F, dy, at + j)
                        .sub(fromArray(F, meanDy, j))
                        .sub(fromArray(F, y, at + j).mul(fromArray(F, meanDyY, j)))
                        .mul(fromArray(F, inverse, j))
                        .intoArray(dx, at + j);
            }
            for (int j = whole; j < count; j++) {
                dx[at + j] = (dy[at + j] - meanDy[j] - y[at + j] * meanDyY[j]) * inverse[j];
            }
        }
    }

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
