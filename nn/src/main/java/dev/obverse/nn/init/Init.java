package dev.obverse.nn.init;

import java.util.Arrays;

/** The usual initial values of weights. */
public final class Init {
    private Init() {}

    /** Whose variance to keep. */
    public enum Mode {
        /** That of activations, forward. */
        FAN_IN,
        /** That of gradients, backward. */
        FAN_OUT
    }

    /**
     * Normal with deviation {@code gain / sqrt(fan in)}, for a layer that LeakyReLU of this slope follows (He et al.
     * 2015). Slope 0 is ReLU, slope 1 no activation.
     */
    public static Initializer kaimingNormal(double slope) {
        return kaimingNormal(slope, Mode.FAN_IN);
    }

    public static Initializer kaimingNormal(double slope, Mode mode) {
        return (values, fans, random) ->
                Draw.normal(values, 0, leakyReluGain(slope) / Math.sqrt(fan(fans, mode)), random);
    }

    /** Uniform with the same deviation as {@link #kaimingNormal(double)}: bound {@code gain sqrt(3 / fan in)}. */
    public static Initializer kaimingUniform(double slope) {
        return kaimingUniform(slope, Mode.FAN_IN);
    }

    public static Initializer kaimingUniform(double slope, Mode mode) {
        return (values, fans, random) -> {
            double bound = leakyReluGain(slope) * Math.sqrt(3 / fan(fans, mode));
            Draw.uniform(values, -bound, bound, random);
        };
    }

    /** Normal with deviation {@code gain sqrt(2 / (fan in + fan out))} (Glorot and Bengio 2010). */
    public static Initializer xavierNormal(double gain) {
        return (values, fans, random) -> Draw.normal(values, 0, gain * Math.sqrt(2 / (fans.in() + fans.out())), random);
    }

    /** Uniform with bound {@code gain sqrt(6 / (fan in + fan out))}. */
    public static Initializer xavierUniform(double gain) {
        return (values, fans, random) -> {
            double bound = gain * Math.sqrt(6 / (fans.in() + fans.out()));
            Draw.uniform(values, -bound, bound, random);
        };
    }

    /** Normal, with values outside {@code [low, high]} drawn again. */
    public static Initializer truncatedNormal(double mean, double deviation, double low, double high) {
        if (!(low <= mean && mean <= high && low < high)) {
            throw new IllegalArgumentException("truncatedNormal: the mean " + mean + " must lie in [low, high] = ["
                    + low + ", " + high + "], or nearly every draw would be rejected");
        }
        return (values, fans, random) -> Draw.truncatedNormal(values, mean, deviation, low, high, random);
    }

    public static Initializer normal(double mean, double deviation) {
        return (values, fans, random) -> Draw.normal(values, mean, deviation, random);
    }

    /** Uniform on {@code [low, high)}. */
    public static Initializer uniform(double low, double high) {
        return (values, fans, random) -> Draw.uniform(values, low, high, random);
    }

    public static Initializer constant(double value) {
        return (values, fans, random) -> Arrays.fill(values, (float) value);
    }

    /** {@code sqrt(2 / (1 + slope^2))}: what makes up for the variance that LeakyReLU takes away. */
    public static double leakyReluGain(double slope) {
        return Math.sqrt(2 / (1 + slope * slope));
    }

    private static double fan(Fans fans, Mode mode) {
        return mode == Mode.FAN_IN ? fans.in() : fans.out();
    }
}
