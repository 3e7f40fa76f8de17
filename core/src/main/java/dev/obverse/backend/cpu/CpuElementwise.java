package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;
import static dev.obverse.backend.cpu.CpuStorage.change;

import dev.obverse.backend.Binary;
import dev.obverse.backend.Broadcast;
import dev.obverse.backend.ElementwiseKernels;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;

/** Functions of single elements: threads and broadcasting; the loops themselves are {@link ElementwiseLoops}. */
final class CpuElementwise implements ElementwiseKernels {
    private final ElementwiseLoops loops;

    CpuElementwise(ElementwiseLoops loops) {
        this.loops = loops;
    }

    @Override
    public void unary(Unary f, Storage x, Storage y, int n) {
        var from = array(x);
        var to = array(y);
        Pieces.over(n, (start, end) -> loops.unary(f, from, start, to, start, end - start));
    }

    @Override
    public void unaryGradient(Unary f, Storage x, Storage y, Storage dy, Storage dx, int n) {
        var xs = array(x);
        var ys = array(y);
        var dys = array(dy);
        var dxs = array(dx);
        Pieces.over(n, (start, end) -> loops.unaryGradient(f, xs, ys, dys, dxs, start, end - start));
    }

    @Override
    public void binary(Binary f, Broadcast broadcast, Storage a, Storage b, Storage y) {
        int n = broadcast.length();
        if (n > 0) {
            new BroadcastLoop(loops, f, broadcast, array(a), array(b), array(y)).run(n);
        }
    }

    @Override
    public void accumulate(Storage source, Storage target, int n) {
        var from = array(source);
        change(target, to -> Pieces.over(n, (start, end) -> loops.accumulate(from, start, to, start, end - start)));
    }
}
