package dev.obverse.drn.face;

import dev.obverse.nn.Layer;
import dev.obverse.random.Philox;

/**
 * What a {@link TrainedRecogniser} is made of, and which part of a picture it looks at.
 *
 * @param inputSize side of the square the network sees, a multiple of 16
 * @param width channels of the first convolution; later ones have 2, 4 and 8 times as many
 * @param embedding length of the vectors
 * @param crop side of the middle part of a picture that is used, as a share of the picture's side, more than 0 and at
 *     most 1. Less than 1 leaves out hair and background, by which people in a small data set are easier to tell apart
 *     than by their faces
 * @param backbone the kind of network
 */
public record RecogniserArchitecture(int inputSize, int width, int embedding, double crop, Backbone backbone) {
    /** What measured best on synthetic faces, within a minute of training on two cores. */
    public static final RecogniserArchitecture DEFAULT = new RecogniserArchitecture(64, 16, 128, 0.7);

    /** IResNet-50 as its paper has it: 43.6 million weights, for hundreds of thousands of aligned faces. */
    public static final RecogniserArchitecture IRESNET50 =
            new RecogniserArchitecture(112, 64, 512, 1, Backbone.IRESNET50);

    /** Kinds of networks. */
    public enum Backbone {
        SMALL,
        IRESNET50
    }

    public RecogniserArchitecture {
        if (inputSize < 16 || inputSize % 16 != 0) {
            throw new IllegalArgumentException("A recogniser's input size " + inputSize
                    + " is not a multiple of 16: the network halves it four times; use for instance 64");
        }
        if (width < 1 || embedding < 1) {
            throw new IllegalArgumentException(
                    "A recogniser's width " + width + " and embedding length " + embedding + " must be at least 1");
        }
        if (!(crop > 0 && crop <= 1)) {
            throw new IllegalArgumentException("A recogniser's crop " + crop + " must be more than 0 and at most 1");
        }
    }

    /** A small network. */
    public RecogniserArchitecture(int inputSize, int width, int embedding, double crop) {
        this(inputSize, width, embedding, crop, Backbone.SMALL);
    }

    /** With random weights. */
    Layer network(Philox random) {
        return switch (backbone) {
            case SMALL -> new SmallNetwork(this, random);
            case IRESNET50 -> new IResNet(IResNet.BLOCKS_50, width, inputSize, embedding, random);
        };
    }

    /** The same with another embedding length. */
    public RecogniserArchitecture withEmbedding(int length) {
        return new RecogniserArchitecture(inputSize, width, length, crop, backbone);
    }

    /** The same with another crop. */
    public RecogniserArchitecture withCrop(double share) {
        return new RecogniserArchitecture(inputSize, width, embedding, share, backbone);
    }

    /** Part of fingerprints, so that what a small one is called does not change. */
    @Override
    public String toString() {
        return "RecogniserArchitecture[inputSize=" + inputSize + ", width=" + width + ", embedding=" + embedding
                + ", crop=" + crop + (backbone == Backbone.SMALL ? "" : ", backbone=" + backbone) + "]";
    }
}
