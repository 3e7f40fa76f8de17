package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.OptimizerKernels;
import dev.obverse.backend.Storage;

/** Optimiser steps, written as in PyTorch's documentation of each optimiser. */
final class ReferenceOptimizer implements OptimizerKernels {
    @Override
    public void adam(Adam spec, Storage w, Storage gradient, Storage firstMoment, Storage secondMoment, int n) {
        var ws = elements(w);
        var gs = elements(gradient);
        var ms = elements(firstMoment);
        var vs = elements(secondMoment);
        double correction1 = 1 - Math.pow(spec.beta1(), spec.step());
        double correction2 = 1 - Math.pow(spec.beta2(), spec.step());
        for (int i = 0; i < n; i++) {
            double g = spec.gradientScale() * gs[i];
            if (spec.decoupled()) {
                ws[i] *= 1 - spec.lr() * spec.weightDecay();
            } else {
                g += spec.weightDecay() * ws[i];
            }
            ms[i] = spec.beta1() * ms[i] + (1 - spec.beta1()) * g;
            vs[i] = spec.beta2() * vs[i] + (1 - spec.beta2()) * g * g;
            ws[i] -= spec.lr() * (ms[i] / correction1) / (Math.sqrt(vs[i] / correction2) + spec.eps());
        }
    }

    @Override
    public void sgd(Sgd spec, Storage w, Storage gradient, Storage velocity, int n) {
        var ws = elements(w);
        var gs = elements(gradient);
        var vs = elements(velocity);
        for (int i = 0; i < n; i++) {
            double g = spec.gradientScale() * gs[i] + spec.weightDecay() * ws[i];
            vs[i] = spec.momentum() * vs[i] + g;
            ws[i] -= spec.lr() * (spec.nesterov() ? g + spec.momentum() * vs[i] : vs[i]);
        }
    }

    @Override
    public void ema(double decay, Storage w, Storage average, int n) {
        var ws = elements(w);
        var averages = elements(average);
        for (int i = 0; i < n; i++) {
            averages[i] = decay * averages[i] + (1 - decay) * ws[i];
        }
    }

    @Override
    public double sumOfSquares(Storage x, int n) {
        var xs = elements(x);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += xs[i] * xs[i];
        }
        return sum;
    }
}
