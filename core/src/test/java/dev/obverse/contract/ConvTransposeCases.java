package dev.obverse.contract;

import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Transposed convolutions. */
final class ConvTransposeCases {
    private static final ConvOptions ONE = ConvOptions.DEFAULT;

    private final List<Case> cases = new ArrayList<>();

    private ConvTransposeCases() {}

    static List<Case> all() {
        var all = new ConvTransposeCases();
        all.up(2, 3, 4, 3, 5, 2, ONE.stride(2), 0);
        all.up(1, 4, 4, 16, 8, 2, ONE.stride(2), 0); // the DRN's
        all.up(1, 8, 8, 33, 17, 2, ONE.stride(2), 0);
        all.up(2, 6, 6, 64, 32, 2, ONE.stride(2), 0);
        all.up(1, 3, 4, 3, 5, 3, ONE, 0);
        all.up(1, 3, 4, 3, 5, 3, ONE.stride(2).padding(1), 1);
        all.up(1, 4, 4, 4, 3, 4, ONE.stride(2).padding(1), 0);
        all.up(1, 3, 3, 2, 3, 3, ONE.stride(3), 2);
        all.up(1, 3, 4, 2, 3, 3, ONE.stride(2, 3), 1);
        all.up(1, 5, 4, 2, 3, 3, ONE.padding(1, 0, 2, 1), 0);
        all.up(1, 4, 3, 2, 3, 3, ONE.dilation(2), 0);
        all.up(1, 4, 3, 2, 3, 3, ONE.dilation(2).stride(2).padding(1), 1);
        all.up(1, 3, 4, 4, 6, 3, ONE.stride(2).groups(2), 0);
        all.up(1, 3, 4, 6, 6, 2, ONE.stride(2).groups(6), 0);
        all.up(1, 1, 1, 1, 1, 1, ONE, 0);
        all.up(0, 3, 3, 2, 3, 2, ONE.stride(2), 0);
        return all.cases;
    }

    private void up(int n, int h, int w, int cin, int cout, int k, ConvOptions options, int outputPadding) {
        var x = Shape.of(n, h, w, cin);
        var weight = Shape.of(k, k, cin, cout / options.groups());
        var name = "conv_transpose2d " + x + " * " + weight + " " + options + " + " + outputPadding;
        cases.add(Case.of(
                name, t -> Functional.convTranspose2d(t.get(0), t.get(1), null, options, outputPadding), x, weight));
        cases.add(Case.of(
                name + " bias",
                t -> Functional.convTranspose2d(t.get(0), t.get(1), t.get(2), options, outputPadding),
                x,
                weight,
                Shape.of(cout)));
    }
}
