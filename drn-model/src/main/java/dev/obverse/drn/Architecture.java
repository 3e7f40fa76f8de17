package dev.obverse.drn;

/**
 * What the network is made of. The defaults of the paper, and why each option exists, are in ARCHITECTURE.md.
 *
 * @param size height and width of the images, a multiple of 8
 * @param width channels of the first stage, 64 in the paper; every channel count scales with it
 * @param embedding length of both encoders' vectors; that of the recogniser, 512 in the paper
 * @param slope of LeakyReLU
 */
public record Architecture(
        int size,
        int width,
        int embedding,
        double slope,
        Normalization normalization,
        Halving halving,
        Head head,
        Upsampling upsampling,
        Skips skips,
        Output output) {

    /** Normalisation between a convolution and its activation; the paper names none. */
    public enum Normalization {
        NONE,
        BATCH,
        INSTANCE,
        /** Groups of 8 channels, or one group where there are fewer. */
        GROUP
    }

    /** How an encoder halves its maps. */
    public enum Halving {
        MAX_POOL,
        STRIDED_CONV
    }

    /** What lies between the last map and the fully connected layer. */
    public enum Head {
        FLATTEN,
        GLOBAL_AVERAGE
    }

    /** How the decoder doubles its maps. */
    public enum Upsampling {
        TRANSPOSED_CONV,
        NEAREST,
        BILINEAR
    }

    /** Which encoders' maps the decoder sees beside its own. */
    public enum Skips {
        BOTH,
        ATTRIBUTE_ONLY,
        NONE
    }

    /** What the decoder's last convolution gives. */
    public enum Output {
        /** The picture, through a sigmoid. */
        IMAGE,
        /**
         * What is added to the picture that was given (Kim et al., Accurate Image Super-Resolution Using Very Deep
         * Convolutional Networks, 2016), the sum cut to [0,1]: the network need not learn to copy what stays.
         */
        RESIDUAL
    }

    public Architecture {
        if (size < 8 || size % 8 != 0) {
            throw new IllegalArgumentException("Image size " + size
                    + " is not a multiple of 8: the encoders halve the image three times; use for instance 64 or 128");
        }
        if (width < 1 || embedding < 1) {
            throw new IllegalArgumentException(
                    "Width " + width + " and embedding length " + embedding + " must be at least 1");
        }
        if (!(slope >= 0 && slope <= 1)) {
            throw new IllegalArgumentException("LeakyReLU slope " + slope + " must lie between 0 and 1");
        }
    }

    /** Channels of encoder stage 1 to 4. */
    public int channels(int stage) {
        return width << (stage - 1);
    }

    public Architecture withSize(int size) {
        return new Architecture(size, width, embedding, slope, normalization, halving, head, upsampling, skips, output);
    }

    public Architecture withWidth(int width) {
        return new Architecture(size, width, embedding, slope, normalization, halving, head, upsampling, skips, output);
    }

    public Architecture withEmbedding(int embedding) {
        return new Architecture(size, width, embedding, slope, normalization, halving, head, upsampling, skips, output);
    }

    public Architecture withOutput(Output output) {
        return new Architecture(size, width, embedding, slope, normalization, halving, head, upsampling, skips, output);
    }
}
