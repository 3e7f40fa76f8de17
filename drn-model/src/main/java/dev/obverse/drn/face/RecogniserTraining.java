package dev.obverse.drn.face;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How a {@link TrainedRecogniser} is trained.
 *
 * @param seed decides the initial weights, the order and the augmentation
 * @param epochs passes over the pictures
 * @param batch pictures in a step; all of them if there are fewer
 * @param lr AdamW's learning rate after a warm-up over the first tenth, from where it falls to 0 along a cosine
 * @param weightDecay of AdamW
 * @param scale the head's factor on cosines
 * @param margin ArcFace's margin in radians, or CosFace's of the cosine. The paper's 64 and 0.5 are for millions of
 *     pictures and long training
 * @param augmentation of the pictures
 * @param head that training uses and throws away
 */
public record RecogniserTraining(
        long seed,
        int epochs,
        int batch,
        double lr,
        double weightDecay,
        double scale,
        double margin,
        FaceAugmentation augmentation,
        Head head) {
    /** Kinds of heads. */
    public enum Head {
        ARCFACE,
        COSFACE
    }

    public RecogniserTraining {
        if (epochs < 1 || batch < 2) {
            throw new IllegalArgumentException("Training a recogniser needs at least 1 epoch and a batch of at least 2"
                    + " for batch norm, not " + epochs + " and " + batch);
        }
    }

    /** With an ArcFace head. */
    public RecogniserTraining(
            long seed,
            int epochs,
            int batch,
            double lr,
            double weightDecay,
            double scale,
            double margin,
            FaceAugmentation augmentation) {
        this(seed, epochs, batch, lr, weightDecay, scale, margin, augmentation, Head.ARCFACE);
    }

    /** What measured best within a minute of training on two cores. */
    public static RecogniserTraining withSeed(long seed) {
        return new RecogniserTraining(seed, 15, 32, 5e-3, 5e-4, 16, 0.2, FaceAugmentation.DEFAULT);
    }

    public RecogniserTraining epochs(int count) {
        return new RecogniserTraining(seed, count, batch, lr, weightDecay, scale, margin, augmentation, head);
    }

    public RecogniserTraining batch(int size) {
        return new RecogniserTraining(seed, epochs, size, lr, weightDecay, scale, margin, augmentation, head);
    }

    public RecogniserTraining lr(double rate) {
        return new RecogniserTraining(seed, epochs, batch, rate, weightDecay, scale, margin, augmentation, head);
    }

    public RecogniserTraining head(Head kind) {
        return new RecogniserTraining(seed, epochs, batch, lr, weightDecay, scale, margin, augmentation, kind);
    }

    /** For a recogniser's facts. */
    SequencedMap<String, Object> asMap(LabelledFaces faces) {
        var map = new LinkedHashMap<String, Object>();
        map.put("data", faces.description());
        map.put("people", faces.people().size());
        map.put("faces", faces.count());
        map.put("seed", seed);
        map.put("epochs", epochs);
        map.put("batch", batch);
        map.put("lr", lr);
        map.put("weightDecay", weightDecay);
        map.put("scale", scale);
        map.put("margin", margin);
        map.put("augmentation", augmentation.toString());
        map.put("head", head.name());
        return map;
    }
}
