package dev.obverse.drn.face;

/**
 * What a {@link SmallRecogniser} is made of, and which part of a picture it looks at.
 *
 * @param inputSize side of the square the network sees, a multiple of 16
 * @param width channels of the first convolution; later ones have 2, 4 and 8 times as many
 * @param embedding length of the vectors
 * @param crop side of the middle part of a picture that is used, as a share of the picture's side, more than 0 and at
 *     most 1. Less than 1 leaves out hair and background, by which people in a small data set are easier to tell apart
 *     than by their faces
 */
public record RecogniserArchitecture(int inputSize, int width, int embedding, double crop) {
    /** What measured best on synthetic faces, within a minute of training on two cores. */
    public static final RecogniserArchitecture DEFAULT = new RecogniserArchitecture(64, 16, 128, 0.7);

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

    /** The same with another embedding length. */
    public RecogniserArchitecture withEmbedding(int length) {
        return new RecogniserArchitecture(inputSize, width, length, crop);
    }

    /** The same with another crop. */
    public RecogniserArchitecture withCrop(double share) {
        return new RecogniserArchitecture(inputSize, width, embedding, share);
    }
}
