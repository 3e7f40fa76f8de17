package dev.obverse.drn;

/**
 * How the network is trained.
 *
 * @param epochs passes over the training pairs
 * @param headRate factor on the learning rate of the two fully connected heads
 * @param warmup steps over which the learning rate rises linearly from 0
 * @param decay whether the rate then falls to 0 along a cosine over the planned steps
 * @param clipNorm largest norm of all gradients together, or 0 for no limit
 */
public record Optimization(
        int batch,
        int epochs,
        double lr,
        double beta1,
        double beta2,
        double headRate,
        int warmup,
        boolean decay,
        double clipNorm) {

    public Optimization {
        if (batch < 1 || epochs < 1) {
            throw new IllegalArgumentException("Batch " + batch + " and epochs " + epochs + " must be at least 1");
        }
        if (!(lr > 0) || !(headRate > 0)) {
            throw new IllegalArgumentException(
                    "Learning rate " + lr + " and head rate " + headRate + " must be greater than 0");
        }
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("Adam's betas " + beta1 + " and " + beta2 + " must lie in [0, 1)");
        }
        if (warmup < 0 || !(clipNorm >= 0)) {
            throw new IllegalArgumentException(
                    "Warm-up " + warmup + " and clip norm " + clipNorm + " must be 0 or more");
        }
    }

    public Optimization withBatch(int batch) {
        return new Optimization(batch, epochs, lr, beta1, beta2, headRate, warmup, decay, clipNorm);
    }

    public Optimization withEpochs(int epochs) {
        return new Optimization(batch, epochs, lr, beta1, beta2, headRate, warmup, decay, clipNorm);
    }

    public Optimization withLr(double lr) {
        return new Optimization(batch, epochs, lr, beta1, beta2, headRate, warmup, decay, clipNorm);
    }
}
