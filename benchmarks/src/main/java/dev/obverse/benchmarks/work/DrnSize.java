package dev.obverse.benchmarks.work;

import dev.obverse.drn.Architecture;
import dev.obverse.drn.DrnConfig;

/** The paper's network at any width and image size, and what it costs to compute. */
public record DrnSize(int width, int size) {
    /** Length of the identity and attribute vectors. */
    public static final int EMBEDDING = 512;

    public DrnSize {
        if (width < 1 || size < 8 || size % 8 != 0) {
            throw new IllegalArgumentException(
                    "width must be at least 1 and size a multiple of 8, not " + width + " and " + size);
        }
    }

    Architecture architecture() {
        return DrnConfig.of(DrnConfig.Preset.PAPER)
                .architecture()
                .withSize(size)
                .withWidth(width)
                .withEmbedding(EMBEDDING);
    }

    /** Operations of one image's way through an encoder, without the head. */
    private double encoderFlops() {
        double macs = 0;
        int cin = 3;
        for (int stage = 0; stage < 4; stage++) {
            int cout = width << stage;
            macs += conv(size >> stage, cin, cout) + conv(size >> stage, cout, cout);
            cin = cout;
        }
        return 2 * macs;
    }

    private double headFlops() {
        int side = size / 8;
        return 2.0 * side * side * 8 * width * EMBEDDING;
    }

    /** Operations of one image's way through the decoder. */
    private double decoderFlops() {
        double macs = conv(size / 8, 16 * width, 8 * width) + conv(size / 8, 8 * width, 8 * width);
        for (int stage = 2; stage >= 0; stage--) {
            int channels = width << stage;
            int side = size >> stage;
            macs += (double) side * side * 2 * channels * channels;
            macs += conv(side, 3 * channels, channels) + conv(side, channels, channels);
        }
        return 2 * (macs + conv(size, width, 3));
    }

    private static double conv(int side, int cin, int cout) {
        return 9.0 * side * side * cin * cout;
    }

    /** Three identity passes, two attribute passes, two decoder passes; backward costs twice forward. */
    double stepFlops(int batch) {
        return 3 * batch * (5 * (encoderFlops() + headFlops()) + 2 * decoderFlops());
    }

    /** Tracing needs no vectors. */
    double traceFlops(int batch) {
        return batch * (2 * encoderFlops() + decoderFlops());
    }

    /**
     * A parameter's initial values, the same for every library.
     *
     * @param name as in the module tree, {@code decoder.up1.weight} for instance
     * @param extents {@code [KH,KW,Cin,Cout]}, {@code [out,in]} or {@code [n]}
     */
    public static float[] parameter(String name, int... extents) {
        int length = 1;
        for (int extent : extents) {
            length *= extent;
        }
        return Inputs.normal(name, length, deviation(name, extents));
    }

    /** Kaiming's for LeakyReLU with slope 0.2; biases are small but not zero, so that they are checked too. */
    public static double deviation(String name, int... extents) {
        if (extents.length == 1) {
            return 0.01;
        }
        boolean up = name.startsWith("decoder.up");
        int fanIn = extents.length == 2 ? extents[1] : up ? extents[2] : extents[0] * extents[1] * extents[2];
        return Math.sqrt(2 / (1.04 * fanIn));
    }
}
