package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Unary;
import dev.obverse.backend.cpu.ElementwiseLoops;

/** Element-wise loops in plain Java; transcendental functions are those of {@link Math}, rounded to float. */
public final class ScalarElementwise implements ElementwiseLoops {
    private static final double SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

    @Override
    public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
        float a = (float) f.a();
        float b = (float) f.b();
        switch (f.kind()) {
            case AFFINE -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a * x[xo + i] + b;
                }
            }
            case ABS -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.abs(x[xo + i]);
                }
            }
            case SQUARE -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = x[xo + i] * x[xo + i];
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < n; i++) {
                    float v = x[xo + i];
                    y[yo + i] = v > 0 ? v : a * v;
                }
            }
            case CLAMP -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.min(Math.max(x[xo + i], a), b);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = apply(f.kind(), x[xo + i]);
                }
            }
        }
    }

    private static float apply(Unary.Kind kind, float x) {
        return switch (kind) {
            case SQRT -> (float) Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case EXP -> (float) Math.exp(x);
            case LOG -> (float) Math.log(x);
            case TANH -> (float) Math.tanh(x);
            case SIGMOID -> (float) sigmoid(x);
            case SILU -> (float) (x * sigmoid(x));
            case GELU -> (float) (x * Normal.cdf(x));
            case SIGN -> x > 0 ? 1 : x < 0 ? -1 : 0;
            case AFFINE, ABS, SQUARE, LEAKY_RELU, CLAMP -> throw new IllegalStateException(kind + " has its own loop");
        };
    }

    @Override
    public void unaryGradient(Unary f, float[] x, float[] y, float[] dy, float[] dx, int o, int n) {
        float a = (float) f.a();
        float b = (float) f.b();
        if (f.kind() == Unary.Kind.LEAKY_RELU) {
            for (int i = o; i < o + n; i++) {
                dx[i] = y[i] > 0 ? dy[i] : a * dy[i];
            }
            return;
        }
        for (int i = o; i < o + n; i++) {
            dx[i] = gradient(f.kind(), a, b, x[i], y[i], dy[i]);
        }
    }

    private static float gradient(Unary.Kind kind, float a, float b, float x, float y, float dy) {
        return switch (kind) {
            case AFFINE -> a * dy;
            case ABS -> x > 0 ? dy : x < 0 ? -dy : 0;
            case SQUARE -> dy * 2 * x;
            case SQRT -> dy / (2 * y);
            case RECIPROCAL -> -dy * (y * y);
            case EXP -> dy * y;
            case LOG -> dy / x;
            case TANH -> dy * (1 - y * y);
            case SIGMOID -> dy * (y * (1 - y));
            case LEAKY_RELU -> y > 0 ? dy : a * dy;
            case SILU -> {
                double s = sigmoid(x);
                yield (float) (dy * s * (1 + x * (1 - s)));
            }
            case GELU -> (float) (dy * (Normal.cdf(x) + x * Math.exp(-0.5 * x * x) / SQRT_TWO_PI));
            case CLAMP -> x >= a && x <= b ? dy : 0;
            case SIGN -> 0;
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Override
    public void binary(Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        strided(f, a, ao, 1, b, bo, 1, y, yo, n);
    }

    @Override
    public void binaryRight(Binary f, float[] a, int ao, float b, float[] y, int yo, int n) {
        strided(f, a, ao, 1, new float[] {b}, 0, 0, y, yo, n);
    }

    @Override
    public void binaryLeft(Binary f, float a, float[] b, int bo, float[] y, int yo, int n) {
        strided(f, new float[] {a}, 0, 0, b, bo, 1, y, yo, n);
    }

    private static void strided(
            Binary f, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
        switch (f) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i * as] + b[bo + i * bs];
                }
            }
            case SUB -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i * as] - b[bo + i * bs];
                }
            }
            case MUL -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i * as] * b[bo + i * bs];
                }
            }
            case DIV -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i * as] / b[bo + i * bs];
                }
            }
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.max(a[ao + i * as], b[bo + i * bs]);
                }
            }
            case MIN -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Math.min(a[ao + i * as], b[bo + i * bs]);
                }
            }
            case HEAVISIDE -> {
                for (int i = 0; i < n; i++) {
                    float u = a[ao + i * as];
                    float v = b[bo + i * bs];
                    y[yo + i] = u > v ? 1 : u == v ? 0.5f : 0;
                }
            }
            case EQUAL -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = a[ao + i * as] == b[bo + i * bs] ? 1 : 0;
                }
            }
        }
    }

    @Override
    public void accumulate(float[] source, int so, float[] target, int to, int n) {
        for (int i = 0; i < n; i++) {
            target[to + i] += source[so + i];
        }
    }

    @Override
    public void copyRows(
            float[] source, int so, int sourceStep, float[] target, int to, int targetStep, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(source, so + r * sourceStep, target, to + r * targetStep, n);
        }
    }
}
