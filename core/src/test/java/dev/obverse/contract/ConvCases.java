package dev.obverse.contract;

import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Convolutions: kernels, strides, pads, dilations, groups, channel counts, with and without bias and activation. */
final class ConvCases {
    private static final ConvOptions ONE = ConvOptions.DEFAULT;

    private final List<Case> cases = new ArrayList<>();

    private ConvCases() {}

    static List<Case> all() {
        var all = new ConvCases();
        all.kernels();
        all.geometries();
        all.channels();
        all.ofTheNetwork();
        all.inParts();
        return all.cases;
    }

    private void kernels() {
        conv(2, 5, 6, 3, 4, 1, 1, ONE);
        conv(2, 5, 6, 3, 4, 2, 2, ONE);
        conv(2, 5, 6, 3, 4, 3, 3, ONE.padding(1));
        conv(1, 6, 6, 3, 4, 4, 4, ONE.padding(2));
        conv(1, 7, 6, 2, 3, 5, 3, ONE.padding(2, 1, 2, 1));
        conv(1, 9, 8, 2, 3, 7, 7, ONE.padding(3));
        conv(1, 4, 9, 2, 3, 1, 5, ONE.padding(0, 2, 0, 2));
        conv(1, 1, 1, 1, 1, 1, 1, ONE);
        conv(1, 3, 3, 1, 1, 3, 3, ONE);
    }

    private void geometries() {
        conv(2, 7, 8, 3, 5, 3, 3, ONE.padding(1).stride(2));
        conv(1, 8, 8, 3, 5, 4, 4, ONE.padding(1).stride(2));
        conv(1, 9, 9, 2, 3, 2, 2, ONE.stride(3));
        conv(1, 8, 9, 2, 3, 3, 3, ONE.padding(1).stride(2, 1));
        conv(1, 8, 9, 2, 3, 3, 3, ONE.padding(1).stride(1, 3));
        conv(1, 9, 9, 4, 6, 1, 1, ONE.stride(2));
        conv(1, 6, 6, 3, 4, 2, 2, ONE.padding(0, 0, 1, 1)); // "same" for an even kernel
        conv(1, 6, 6, 3, 4, 3, 3, ONE.padding(2, 0, 1, 3));
        conv(1, 5, 5, 2, 3, 3, 3, ONE.padding(4)); // windows that lie in the padding alone
        conv(1, 9, 8, 3, 4, 3, 3, ONE.padding(2).dilation(2));
        conv(1, 12, 9, 2, 3, 3, 2, ONE.padding(1).dilation(3, 2).stride(2));
        conv(2, 6, 5, 4, 6, 3, 3, ONE.padding(1).groups(2));
        conv(1, 6, 5, 6, 6, 3, 3, ONE.padding(1).groups(6)); // depthwise
        conv(1, 6, 5, 17, 34, 3, 3, ONE.padding(1).groups(17));
        conv(1, 6, 7, 32, 32, 3, 3, ONE.padding(1).stride(2).groups(32));
        conv(1, 5, 5, 6, 9, 1, 1, ONE.groups(3));
        conv(0, 5, 5, 3, 4, 3, 3, ONE.padding(1));
    }

    private void channels() {
        for (int c : new int[] {1, 3, 4, 5, 15, 16, 17, 31, 33}) {
            conv(1, 5, 7, c, 8, 3, 3, ONE.padding(1));
            conv(1, 5, 7, 8, c, 3, 3, ONE.padding(1));
            conv(1, 4, 5, c, c, 1, 1, ONE);
        }
        conv(1, 4, 4, 13, 11, 2, 2, ONE.stride(2));
    }

    /** Layers of the DRN with fewer pixels or channels. */
    private void ofTheNetwork() {
        conv(2, 16, 16, 3, 16, 3, 3, ONE.padding(1));
        conv(1, 16, 16, 16, 16, 3, 3, ONE.padding(1));
        conv(2, 12, 12, 32, 48, 3, 3, ONE.padding(1));
        conv(1, 20, 20, 64, 64, 3, 3, ONE.padding(1));
        conv(1, 4, 4, 128, 64, 3, 3, ONE.padding(1));
        conv(2, 2, 2, 96, 96, 3, 3, ONE.padding(1));
        conv(1, 13, 11, 24, 40, 3, 3, ONE.padding(1));
        conv(1, 24, 24, 16, 3, 3, 3, ONE.padding(1));
        conv(1, 40, 3, 16, 16, 3, 3, ONE.padding(1));
        conv(1, 12, 12, 16, 32, 3, 3, ONE.padding(1).stride(2));
        // Tiles of 4x4 pixels: few and many, whole and cut off at the borders, with wide and no padding.
        conv(1, 48, 52, 16, 16, 3, 3, ONE.padding(1));
        conv(3, 26, 31, 16, 48, 3, 3, ONE.padding(1));
        conv(2, 9, 14, 32, 16, 3, 3, ONE);
        conv(1, 6, 5, 16, 16, 3, 3, ONE.padding(2, 3, 0, 1));
    }

    /** Images that are several inputs: parts of whole vectors and others, few and many tiles, and other algorithms. */
    private void inParts() {
        parts(1, 4, 3, 2, 3, ONE.padding(1), 3, 2);
        parts(2, 5, 7, 8, 3, ONE.padding(1), 1, 4, 3);
        parts(1, 6, 6, 4, 3, ONE.padding(1).stride(2), 3, 5);
        parts(1, 5, 5, 6, 3, ONE.padding(1).groups(2), 5, 1);
        parts(1, 5, 6, 6, 3, ONE.padding(1).groups(6), 4, 2); // depthwise
        parts(1, 4, 5, 16, 1, ONE, 16, 17);
        parts(1, 9, 8, 3, 3, ONE.padding(1), 16, 16); // few result channels
        parts(0, 5, 5, 4, 3, ONE.padding(1), 3, 2);
        parts(2, 12, 13, 16, 3, ONE.padding(1), 16);
        parts(2, 17, 16, 16, 3, ONE.padding(1), 16, 16, 16);
        parts(1, 48, 52, 16, 3, ONE.padding(1), 16, 16, 16);
        parts(3, 26, 31, 48, 3, ONE.padding(1), 48, 16);
        parts(1, 20, 20, 32, 3, ONE.padding(1), 16, 0, 32);
        parts(1, 16, 16, 64, 3, ONE.padding(1), 64, 64);
        parts(1, 16, 15, 16, 3, ONE.padding(1), 17, 15);
        parts(1, 16, 15, 16, 3, ONE.padding(1), 4, 8, 20);
        parts(2, 9, 14, 16, 3, ONE, 16, 32);
        parts(1, 14, 13, 16, 3, ONE.padding(2, 3, 0, 1), 32, 16);
        for (int c : new int[] {2, 16}) {
            var x = Shape.of(1, 11, 9, c);
            var weight = Shape.of(3, 3, 3 * c, 16);
            cases.add(Case.of(
                    "conv2d of one input twice, " + c + " channels",
                    t -> Functional.conv2d(List.of(t.get(0), t.get(1), t.get(0)), t.get(2), null, ONE.padding(1)),
                    x,
                    x,
                    weight));
        }
    }

    /** With bias and LeakyReLU if the width is odd, else bare. */
    private void parts(int n, int h, int w, int cout, int kernel, ConvOptions options, int... channels) {
        int parts = channels.length;
        boolean bare = w % 2 == 0;
        var shapes = new ArrayList<Shape>();
        for (int c : channels) {
            shapes.add(Shape.of(n, h, w, c));
        }
        var name = "conv2d of " + shapes + " to " + cout + ", kernel " + kernel + " " + options;
        int cin = Arrays.stream(channels).sum();
        shapes.add(Shape.of(kernel, kernel, cin / options.groups(), cout));
        if (!bare) {
            shapes.add(Shape.of(cout));
        }
        cases.add(Case.of(
                name,
                t -> {
                    var image = t.subList(0, parts);
                    return bare
                            ? Functional.conv2d(image, t.get(parts), null, options)
                            : Functional.conv2dLeakyRelu(image, t.get(parts), t.get(parts + 1), options, 0.2);
                },
                shapes.toArray(Shape[]::new)));
    }

    /** With bias and LeakyReLU if the input's width is odd, with bias and ReLU if its height is, else bare. */
    private void conv(int n, int h, int w, int cin, int cout, int kh, int kw, ConvOptions options) {
        var x = Shape.of(n, h, w, cin);
        var weight = Shape.of(kh, kw, cin / options.groups(), cout);
        var name = "conv2d " + x + " * " + weight + " " + options;
        if (w % 2 == 1 || h % 2 == 1) {
            double slope = w % 2 == 1 ? 0.2 : 0;
            cases.add(Case.of(
                    name + " leaky " + slope,
                    t -> Functional.conv2dLeakyRelu(t.get(0), t.get(1), t.get(2), options, slope),
                    x,
                    weight,
                    Shape.of(cout)));
        } else {
            cases.add(Case.of(name, t -> Functional.conv2d(t.get(0), t.get(1), null, options), x, weight));
        }
        if (cin == 4) {
            cases.add(Case.of(
                    name + " bias",
                    t -> Functional.conv2d(t.get(0), t.get(1), t.get(2), options),
                    x,
                    weight,
                    Shape.of(cout)));
            cases.add(Case.of(
                    name + " leaky without bias",
                    t -> Functional.conv2dLeakyRelu(t.get(0), t.get(1), null, options, 0.2),
                    x,
                    weight));
        }
    }
}
