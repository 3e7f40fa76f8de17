// Optimiser steps: one pass over a parameter, its gradient and its state. The formulas are OptimizerKernels.java's.

KERNEL adam(int n, float gradient_scale, float shrink, float decay, float fresh1, float beta2, float fresh2,
            float root_correction, float eps, float step_size, float* w, const float* gradient, float* first,
            float* second) {
    FOR_EACH(i, n) {
        float g = gradient[i] * gradient_scale + w[i] * decay;
        float m = first[i] + (g - first[i]) * fresh1;
        float v = second[i] * beta2 + g * g * fresh2;
        first[i] = m;
        second[i] = v;
        w[i] = w[i] * shrink - m / (sqrtf(v) / root_correction + eps) * step_size;
    }
}

KERNEL sgd(int n, float lr, float momentum, float decay, int nesterov, float gradient_scale, float* w,
           const float* gradient, float* velocity) {
    FOR_EACH(i, n) {
        float g = gradient[i] * gradient_scale + w[i] * decay;
        float v = velocity[i] * momentum + g;
        velocity[i] = v;
        w[i] -= (nesterov ? g + v * momentum : v) * lr;
    }
}

KERNEL ema(int n, float decay, float fresh, const float* w, float* average) {
    FOR_EACH(i, n) average[i] = average[i] * decay + w[i] * fresh;
}
