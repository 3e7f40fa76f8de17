package dev.obverse.drn.face;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * What a recogniser of somebody else's wants to see: nothing in the file says so, whoever trained it does.
 *
 * @param size side of the square input in pixels
 * @param aligned whether the picture is a crop of 128 aligned to five points, of which the recogniser's 112 are rows 0
 *     to 111 and columns 8 to 119; in pictures of another size, the same part of them. Else the whole picture is used
 * @param blueFirst whether channels are blue, green, red
 * @param mean of each channel as the network sees it, for values from 0 to 255; subtracted
 * @param scale of each channel; divides
 */
public record RecogniserInput(int size, boolean aligned, boolean blueFirst, List<Double> mean, List<Double> scale) {
    /** InsightFace's: {@code (x - 127.5) / 127.5}, red first. */
    public static final RecogniserInput ARCFACE = of(112, List.of(127.5, 127.5, 127.5), List.of(127.5, 127.5, 127.5));

    /** torchvision's mean and deviation of ImageNet. */
    public static final RecogniserInput IMAGENET =
            of(112, List.of(123.675, 116.28, 103.53), List.of(58.395, 57.12, 57.375));

    public RecogniserInput {
        mean = List.copyOf(mean);
        scale = List.copyOf(scale);
        if (size < 1 || size > 4096) {
            throw new IllegalArgumentException("A recogniser's input of " + size + " pixels is not from 1 to 4096");
        }
        if (mean.size() != 3 || scale.size() != 3 || scale.stream().anyMatch(s -> s == 0)) {
            throw new IllegalArgumentException(
                    "A recogniser's mean " + mean + " and scale " + scale + " must be three numbers each, no scale 0");
        }
    }

    private static RecogniserInput of(int size, List<Double> mean, List<Double> scale) {
        return new RecogniserInput(size, false, false, mean, scale);
    }

    public RecogniserInput withSize(int pixels) {
        return new RecogniserInput(pixels, aligned, blueFirst, mean, scale);
    }

    /**
     * Reads words with commas: {@code arcface} or {@code imagenet}, then any of {@code aligned}, {@code bgr} and the
     * size, for example {@code arcface,aligned} or {@code imagenet,bgr,160}.
     */
    public static RecogniserInput parse(String text) {
        var input = ARCFACE;
        for (var word : text.toLowerCase(Locale.ROOT).split(",")) {
            input = switch (word.strip()) {
                case "arcface" ->
                    new RecogniserInput(input.size, input.aligned, input.blueFirst, ARCFACE.mean, ARCFACE.scale);
                case "imagenet" ->
                    new RecogniserInput(input.size, input.aligned, input.blueFirst, IMAGENET.mean, IMAGENET.scale);
                case "aligned" -> new RecogniserInput(input.size, true, input.blueFirst, input.mean, input.scale);
                case "bgr" -> new RecogniserInput(input.size, input.aligned, true, input.mean, input.scale);
                case "rgb" -> new RecogniserInput(input.size, input.aligned, false, input.mean, input.scale);
                default -> input.withSize(pixels(word.strip(), text));
            };
        }
        return input;
    }

    private static int pixels(String word, String text) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Unknown recogniser input '" + text + "': use arcface or imagenet, then aligned, bgr or a size,"
                            + " with commas",
                    e);
        }
    }

    /** The words that {@link #parse} reads. */
    public String words() {
        return (mean.equals(IMAGENET.mean) ? "imagenet" : "arcface") + (aligned ? ",aligned" : "")
                + (blueFirst ? ",bgr" : "") + "," + size;
    }

    /** Pictures {@code [N,S,S,3]}, red first, values in [0,1], as the network wants them: {@code [N,size,size,3]}. */
    Tensor of(Tensor faces) {
        var part = faces;
        if (aligned) {
            int side = faces.dim(1);
            int used = Math.round(side * 112 / 128f);
            int left = Math.round(side * 8 / 128f);
            part = faces.slice(1, 0, used).slice(2, left, left + used);
        }
        var fitted = Preprocessing.fit(part, 1, size);
        var ordered = blueFirst ? fitted.flip(3) : fitted;
        return ordered.mul(255).sub(row(mean, faces.device())).div(row(scale, faces.device()));
    }

    private static Tensor row(List<Double> values, Device device) {
        return Tensor.of(device, values.stream().mapToDouble(v -> v).toArray(), Shape.of(3));
    }
}
