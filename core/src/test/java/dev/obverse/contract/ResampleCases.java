package dev.obverse.contract;

import dev.obverse.backend.ResizeSpec.Mode;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Changing the resolution of images. */
final class ResampleCases {
    private final List<Case> cases = new ArrayList<>();

    private ResampleCases() {}

    static List<Case> all() {
        var all = new ResampleCases();
        for (int channels : new int[] {1, 3, 4, 5, 16, 17, 33}) {
            all.resize(Shape.of(1, 3, 4, channels), 6, 8);
        }
        all.resize(Shape.of(2, 3, 5, 2), 7, 4);
        all.resize(Shape.of(1, 8, 9, 3), 5, 5);
        all.resize(Shape.of(1, 1, 1, 3), 4, 3);
        all.resize(Shape.of(1, 5, 6, 3), 1, 1);
        all.resize(Shape.of(1, 4, 4, 3), 4, 4);
        all.resize(Shape.of(1, 4, 4, 3), 12, 4);
        all.resize(Shape.of(0, 4, 4, 3), 8, 8);
        all.resize(Shape.of(2, 16, 16, 24), 32, 32);
        return all.cases;
    }

    private void resize(Shape shape, int height, int width) {
        for (var mode : Mode.values()) {
            // A pixel receives gradient from all output pixels that read it.
            int terms = 4 * (height / Math.max(1, shape.dim(1)) + 2) * (width / Math.max(1, shape.dim(2)) + 2);
            cases.add(Case.unary(
                            "interpolate " + mode + " " + shape + " to " + height + "x" + width,
                            x -> Functional.interpolate(x, height, width, mode),
                            shape)
                    .terms(terms));
        }
    }
}
