package dev.obverse.cuda.kernel;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;

/** Optimiser steps, {@code optimizer.cu}. */
public record CudaOptimizer(CudaContext context, Launcher launcher) implements OptimizerKernels {
    @Override
    public void adam(Adam s, Storage w, Storage gradient, Storage firstMoment, Storage secondMoment, int n) {
        context.run("adam", s, () -> {
            launcher.begin().with(n).with((float) s.gradientScale());
            for (float number : numbers(s)) {
                launcher.with(number);
            }
            launcher.with(w).with(gradient).with(firstMoment).with(secondMoment).overElements("adam", n);
        });
    }

    /** What a kernel needs of an update beside the factor on the gradient, in the kernels' order. */
    static float[] numbers(Adam s) {
        return new float[] {
            (float) (s.decoupled() ? 1 - s.lr() * s.weightDecay() : 1),
            (float) (s.decoupled() ? 0 : s.weightDecay()),
            (float) (1 - s.beta1()),
            (float) s.beta2(),
            (float) (1 - s.beta2()),
            (float) Math.sqrt(1 - Math.pow(s.beta2(), s.step())),
            (float) s.eps(),
            (float) (s.lr() / (1 - Math.pow(s.beta1(), s.step())))
        };
    }

    @Override
    public void sgd(Sgd s, Storage w, Storage gradient, Storage velocity, int n) {
        context.run(
                "sgd",
                s,
                () -> launcher.begin()
                        .with(n)
                        .with((float) s.lr())
                        .with((float) s.momentum())
                        .with((float) s.weightDecay())
                        .with(s.nesterov() ? 1 : 0)
                        .with((float) s.gradientScale())
                        .with(w)
                        .with(gradient)
                        .with(velocity)
                        .overElements("sgd", n));
    }

    @Override
    public void ema(double decay, Storage w, Storage average, int n) {
        context.run(
                "ema",
                n,
                () -> launcher.begin()
                        .with(n)
                        .with((float) decay)
                        .with((float) (1 - decay))
                        .with(w)
                        .with(average)
                        .overElements("ema", n));
    }

    @Override
    public double sumOfSquares(Storage x, int n) {
        if (n == 0) {
            return 0;
        }
        var result = new double[1];
        context.run("sumOfSquares", n, () -> {
            var sums = new Sums(context, launcher, 1, n, 1, 1);
            sums.of(
                    Sums.Terms.SQUARES,
                    x,
                    partial -> context.withScratch(8, sum -> {
                        launcher.begin()
                                .with(sums.pieces())
                                .withAddress(partial)
                                .withAddress(sum);
                        sums.join("join_double");
                        result[0] = context.readDouble(sum);
                    }));
        });
        return result[0];
    }
}
