package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;
import static dev.obverse.backend.cpu.CpuStorage.change;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.Storage;
import dev.obverse.backend.cpu.OptimizerLoops.AdamStep;

/** Optimiser steps, one pass over memory each. */
final class CpuOptimizer implements OptimizerKernels {
    private final OptimizerLoops loops;

    CpuOptimizer(OptimizerLoops loops) {
        this.loops = loops;
    }

    @Override
    public void adam(Adam s, Storage w, Storage gradient, Storage firstMoment, Storage secondMoment, int n) {
        var step = new AdamStep(
                (float) s.gradientScale(),
                (float) (s.decoupled() ? 1 - s.lr() * s.weightDecay() : 1),
                (float) (s.decoupled() ? 0 : s.weightDecay()),
                (float) (1 - s.beta1()),
                (float) s.beta2(),
                (float) (1 - s.beta2()),
                (float) Math.sqrt(1 - Math.pow(s.beta2(), s.step())),
                (float) s.eps(),
                (float) (s.lr() / (1 - Math.pow(s.beta1(), s.step()))));
        var gs = array(gradient);
        var first = array(firstMoment);
        var second = array(secondMoment);
        change(w, ws -> Pieces.over(n, (from, to) -> loops.adam(step, ws, gs, first, second, from, to - from)));
    }

    @Override
    public void sgd(Sgd s, Storage w, Storage gradient, Storage velocity, int n) {
        float lr = (float) s.lr();
        float momentum = (float) s.momentum();
        float decay = (float) s.weightDecay();
        float scale = (float) s.gradientScale();
        var gs = array(gradient);
        var vs = array(velocity);
        boolean nesterov = s.nesterov();
        change(
                w,
                ws -> Pieces.over(
                        n, (from, to) -> loops.sgd(lr, momentum, decay, nesterov, scale, ws, gs, vs, from, to - from)));
    }

    @Override
    public void ema(double decay, Storage w, Storage average, int n) {
        var ws = array(w);
        change(
                average,
                averages -> Pieces.over(
                        n, (from, to) -> loops.ema((float) decay, (float) (1 - decay), ws, averages, from, to - from)));
    }

    @Override
    public double sumOfSquares(Storage x, int n) {
        var xs = array(x);
        var partial = new double[(n + Pieces.GRAIN - 1) / Pieces.GRAIN];
        Workers.run(partial.length, p -> {
            int from = p * Pieces.GRAIN;
            partial[p] = loops.sumOfSquares(xs, from, Math.min(Pieces.GRAIN, n - from));
        });
        double sum = 0;
        for (double part : partial) {
            sum += part;
        }
        return sum;
    }
}
