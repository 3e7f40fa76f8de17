package dev.obverse.contract;

import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Moving elements about. */
final class ShapingCases {
    private final List<Case> cases = new ArrayList<>();

    private ShapingCases() {}

    static List<Case> all() {
        var all = new ShapingCases();
        all.moves();
        all.pieces();
        all.picks();
        return all.cases;
    }

    private void moves() {
        add("reshape", x -> x.reshape(4, -1), 2, 6, 3);
        add("reshape to a scalar", x -> x.reshape(), 1, 1);
        add("reshape of nothing", x -> x.reshape(0, 7), 3, 0);
        add("flatten", x -> x.flatten(1), 2, 3, 5);
        add("permute to channels first", x -> x.permute(0, 3, 1, 2), 2, 5, 7, 3);
        add("permute to channels last", x -> x.permute(0, 2, 3, 1), 2, 17, 4, 5);
        add("permute, negative axes", x -> x.permute(-1, 0, 1), 3, 4, 5);
        add("permute of nothing", x -> x.permute(1, 0), 0, 4);
        add("permute, identity", x -> x.permute(0, 1), 3, 4);
        add("transpose", Tensor::transpose, 33, 17);
        add("transpose of a batch", Tensor::transpose, 3, 4, 5);
        add("transpose, large", Tensor::transpose, 311, 257);
        add("expand a scalar", x -> x.expand(3, 4));
        add("expand rows", x -> x.expand(3, 2, 5), 2, 1);
        add("expand new axes", x -> x.expand(3, 2, 5), 5);
        add("flip one axis", x -> x.flip(2), 2, 3, 5, 3);
        add("flip two axes", x -> x.flip(0, -1), 3, 4, 17);
        add("flip nothing", x -> x.flip(0), 0, 4);
    }

    private void pieces() {
        add("slice", x -> x.slice(1, 2, 5), 3, 7, 4);
        add("slice of the last axis", x -> x.slice(-1, 3, 20), 3, 33);
        add("slice with a step", x -> x.slice(0, 1, 10, 3), 11, 3);
        add("slice, empty", x -> x.slice(0, 3, 3), 3, 4);
        add("slice, all", x -> x.slice(0, 0, 3), 3, 4);
        add("pad all sides", x -> x.pad(new int[] {0, 1, 2, 0}, new int[] {0, 3, 0, 1}, 0.5), 2, 3, 4, 3);
        add("pad by nothing", x -> x.pad(new int[] {0, 0}, new int[] {0, 0}, 1), 3, 4);
        add("pad an empty tensor", x -> x.pad(new int[] {2, 0}, new int[] {0, 1}, 1), 0, 4);
        concat("concat channels", -1, Shape.of(2, 3, 3, 5), Shape.of(2, 3, 3, 16), Shape.of(2, 3, 3, 1));
        concat("concat rows", 0, Shape.of(2, 5), Shape.of(3, 5));
        concat("concat the middle", 1, Shape.of(2, 1, 4), Shape.of(2, 0, 4), Shape.of(2, 3, 4));
        concat("concat one", 0, Shape.of(2, 5));
        concat("concat, large", 3, Shape.of(2, 16, 16, 32), Shape.of(2, 16, 16, 17));
        cases.add(Case.unary("concat with itself", x -> Functional.concat(1, x, x, x), Shape.of(3, 5)));
    }

    private void picks() {
        add("index_select rows", x -> x.indexSelect(0, 3, 0, 3, 1), 4, 17);
        add("index_select columns", x -> x.indexSelect(-1, 2, 2, 2, 0, 4), 3, 5);
        add("index_select the middle", x -> x.indexSelect(1, 1, 0), 2, 3, 4);
        add("index_select nothing", x -> x.indexSelect(0), 4, 3);
        add("embedding", x -> Functional.embedding(x, 5, 0, 5, 5), 6, 33);
        add("gather the last axis", x -> x.gather(1, 2, 0, 0, 2, 1, 1, 1), 3, 3);
        add("gather the first axis", x -> x.gather(0, 1, 2, 0, 1, 2), 3, 4);
        add("gather the middle", x -> x.gather(1, 2, 0, 1, 2, 2, 1, 0, 0, 0), 2, 3, 2);
        add("gather nothing", x -> x.gather(1, 0), 3, 3);
    }

    private void concat(String name, int axis, Shape... shapes) {
        cases.add(Case.of(name, x -> Functional.concat(axis, x.toArray(Tensor[]::new)), shapes));
    }

    private void add(String name, Function<Tensor, Tensor> f, int... extents) {
        cases.add(Case.unary(name, f, Shape.of(extents)));
    }
}
