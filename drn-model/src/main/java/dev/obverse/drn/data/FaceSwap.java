package dev.obverse.drn.data;

import java.util.random.RandomGenerator;

/**
 * Swaps faces the way real face swaps do: the donor's inner face, with the original's pose, expression and light, moved
 * onto the original's landmarks, colour-matched, blended under a soft mask, of limited resolution, then compressed.
 * Outline, ears, hair and background stay the original's.
 *
 * @param residual share of the original that stays visible inside the mask, varying smoothly by a third of itself
 * @param rimResidual additional share that stays where the mask fades
 * @param colourMatch how far the donor's mean and spread of colour are moved to the original's, 0 to 1
 * @param lowestResolution the swapped face is made at a random share of the image's resolution between this and 1
 * @param lowestQuality lowest JPEG quality, 0 to 1
 * @param highestQuality highest JPEG quality, 0 to 1
 */
public record FaceSwap(
        double residual,
        double rimResidual,
        double colourMatch,
        double lowestResolution,
        double lowestQuality,
        double highestQuality) {
    /**
     * Residual 0.25, at the rim 0.35 more, colours matched by 0.4, resolution 0.6 to 1, JPEG quality 0.60 to 0.95: a
     * fake is then about 26.5 dB from its original at 64x64, as those of common swapping programs are (25.7 to 28.4
     * dB).
     */
    public static final FaceSwap DEFAULT = new FaceSwap(0.25, 0.35, 0.4, 0.6, 0.60, 0.95);

    /**
     * An original and what a swap makes of it.
     *
     * @param original the genuine picture
     * @param fake the same picture with the donor's inner face
     * @param weight share of the donor at each pixel [H,W], before compression
     */
    public record Swapped(RenderedFace original, RgbImage fake, float[] weight) {}

    public FaceSwap {
        share("residual", residual);
        share("rimResidual", rimResidual);
        share("colourMatch", colourMatch);
        share("lowestResolution", lowestResolution);
        share("lowestQuality", lowestQuality);
        share("highestQuality", highestQuality);
        if (lowestResolution < 0.05) {
            throw new IllegalArgumentException("lowestResolution must be at least 0.05, not " + lowestResolution);
        }
        if (lowestQuality > highestQuality) {
            throw new IllegalArgumentException(
                    "lowestQuality " + lowestQuality + " must not exceed highestQuality " + highestQuality);
        }
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be 0 to 1, not " + value);
        }
    }

    /** This swap with another residual. */
    public FaceSwap withResidual(double newResidual) {
        return new FaceSwap(newResidual, rimResidual, colourMatch, lowestResolution, lowestQuality, highestQuality);
    }

    /** Draws the original and its swap, {@code size} pixels a side; the same random stream gives the same swap. */
    public Swapped apply(
            FaceIdentity original, FaceIdentity donor, FaceAttributes attributes, int size, RandomGenerator random) {
        double resolution = lowestResolution + (1 - lowestResolution) * random.nextDouble();
        double quality = lowestQuality + (highestQuality - lowestQuality) * random.nextDouble();
        int pattern = random.nextInt();

        var genuine = FaceRenderer.render(original, attributes, size);
        var donorMarks = FaceRenderer.landmarks(donor, attributes, size);
        var move = Similarity.fit(donorMarks.fivePoints(), genuine.landmarks().fivePoints());
        var pasted =
                FaceRenderer.render(donor, attributes, size, FaceRenderer.SUPERSAMPLING, move, genuine.innerFace());
        var weight = new float[size * size];
        for (int i = 0; i < weight.length; i++) {
            // the donor's own hair and background never come along
            weight[i] = (float) (genuine.innerFace()[i] * Sample.step(0, 0.4, pasted.innerFace()[i]));
        }
        var face = matchColours(pasted.image(), genuine.image(), weight);
        int small = Math.max(4, (int) Math.round(size * resolution));
        face = fill(face, genuine.image(), weight).resize(small, small).resize(size, size);

        var blended = new float[size * size * 3];
        for (int i = 0; i < weight.length; i++) {
            double wave = Noise.at(pattern, i % size * 4.0 / size, Math.floorDiv(i, size) * 4.0 / size) * 2 - 1;
            double stays = residual * (1 + wave / 3) + rimResidual * (1 - weight[i]);
            weight[i] *= (float) Math.max(0, 1 - stays);
            for (int c = i * 3; c < i * 3 + 3; c++) {
                float from = genuine.image().rgb()[c];
                blended[c] = from + weight[i] * (face.rgb()[c] - from);
            }
        }
        return new Swapped(genuine, new RgbImage(size, size, blended).jpeg(quality), weight);
    }

    /** Puts the original where the donor is absent, so that resampling does not draw black into the face. */
    private static RgbImage fill(RgbImage face, RgbImage original, float[] weight) {
        var filled = face.rgb().clone();
        for (int i = 0; i < weight.length; i++) {
            if (weight[i] <= 0) {
                System.arraycopy(original.rgb(), i * 3, filled, i * 3, 3);
            }
        }
        return new RgbImage(face.width(), face.height(), filled);
    }

    /**
     * Moves mean and standard deviation of the donor's luma and colour differences (BT.601) inside the mask to the
     * original's, after Reinhard et al., Color Transfer between Images, 2001.
     */
    private RgbImage matchColours(RgbImage face, RgbImage original, float[] weight) {
        double[][] from = statistics(face, weight);
        double[][] to = statistics(original, weight);
        var out = new float[face.rgb().length];
        double[] ycc = new double[3];
        for (int i = 0; i < weight.length; i++) {
            toYcc(face.rgb(), i * 3, ycc);
            for (int c = 0; c < 3; c++) {
                // a nearly flat face must not have its noise blown up
                double gain = Math.max(0.6, Math.min(1.6, to[1][c] / Math.max(1e-4, from[1][c])));
                double matched = (ycc[c] - from[0][c]) * gain + to[0][c];
                ycc[c] += (matched - ycc[c]) * colourMatch;
            }
            out[i * 3] = unit(ycc[0] + 1.402 * ycc[2]);
            out[i * 3 + 1] = unit(ycc[0] - 0.344136 * ycc[1] - 0.714136 * ycc[2]);
            out[i * 3 + 2] = unit(ycc[0] + 1.772 * ycc[1]);
        }
        return new RgbImage(face.width(), face.height(), out);
    }

    private static double[][] statistics(RgbImage image, float[] weight) {
        double total = 1e-9;
        double[] sum = new double[3];
        double[] squares = new double[3];
        double[] ycc = new double[3];
        for (int i = 0; i < weight.length; i++) {
            if (weight[i] > 0) {
                toYcc(image.rgb(), i * 3, ycc);
                total += weight[i];
                for (int c = 0; c < 3; c++) {
                    sum[c] += weight[i] * ycc[c];
                    squares[c] += weight[i] * ycc[c] * ycc[c];
                }
            }
        }
        double[] deviation = new double[3];
        for (int c = 0; c < 3; c++) {
            sum[c] /= total;
            deviation[c] = Math.sqrt(Math.max(0, squares[c] / total - sum[c] * sum[c]));
        }
        return new double[][] {sum, deviation};
    }

    private static void toYcc(float[] rgb, int at, double[] ycc) {
        double y = 0.299 * rgb[at] + 0.587 * rgb[at + 1] + 0.114 * rgb[at + 2];
        ycc[0] = y;
        ycc[1] = (rgb[at + 2] - y) / 1.772;
        ycc[2] = (rgb[at] - y) / 1.402;
    }

    private static float unit(double x) {
        return (float) Math.max(0, Math.min(1, x));
    }
}
