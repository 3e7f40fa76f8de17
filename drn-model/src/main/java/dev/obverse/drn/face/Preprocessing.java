package dev.obverse.drn.face;

import dev.obverse.backend.ResizeSpec;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.PoolOptions;
import dev.obverse.tensor.Tensor;

/** From square pictures of any size to a network's input. */
final class Preprocessing {
    private Preprocessing() {}

    /**
     * The middle part of pictures, scaled: bilinearly to the next whole multiple of the size at or below its own, then
     * by averaging, so that every pixel counts.
     *
     * @param faces {@code [N,S,S,3]}
     * @param crop side of the middle part as a share of S
     * @return {@code [N,size,size,3]}
     */
    static Tensor fit(Tensor faces, double crop, int size) {
        if (faces.rank() != 4 || faces.dim(1) != faces.dim(2) || faces.dim(3) != 3 || faces.dim(1) == 0) {
            throw new IllegalArgumentException(
                    "A recogniser needs square colour pictures [N,S,S,3], but was given " + faces.shape());
        }
        int side = faces.dim(1);
        int margin = margin(side, crop);
        var x = margin == 0 ? faces : faces.slice(1, margin, side - margin).slice(2, margin, side - margin);
        int factor = Math.max(1, x.dim(1) / size);
        if (x.dim(1) != factor * size) {
            x = Functional.interpolate(x, factor * size, factor * size, ResizeSpec.Mode.BILINEAR);
        }
        return factor == 1 ? x : Functional.avgPool2d(x, PoolOptions.window(factor));
    }

    /** Pixels left out on each side. */
    static int margin(int side, double crop) {
        return (int) Math.min((side - 1) / 2, Math.round(side * (1 - crop) / 2));
    }

    /** From [0,1] to [-1,1]. */
    static Tensor centre(Tensor x) {
        return x.mul(2).sub(1);
    }
}
