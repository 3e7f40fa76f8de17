package dev.obverse.cuda.kernel;

import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import org.jspecify.annotations.Nullable;

/** Bias and LeakyReLU behind a convolution, {@code conv.cu}; within {@link CudaContext#run}. */
public record ConvEpilogue(CudaContext context, Launcher launcher) {
    /** In place, {@code y = leaky(y + bias)}. */
    public void apply(int pixels, int channels, double slope, @Nullable Storage bias, Storage y) {
        int n = pixels * channels;
        if (bias == null && slope == 1) {
            return;
        }
        launcher.begin()
                .with(n)
                .withDivisor(channels)
                .with((float) slope)
                .with(bias == null ? 0 : 1)
                .withAddress(bias == null ? 0 : context.address(bias))
                .with(y)
                .overElements("bias_leaky", n);
    }

    /** In place, {@code y = min(leaky(y + residual), high)}. */
    public void end(ConvTail tail, int pixels, int channels, Storage y) {
        int n = pixels * channels;
        var residual = tail.residual();
        var slopes = tail.slopes();
        launcher.begin()
                .with(n)
                .withDivisor(channels)
                .with((float) tail.slope())
                .with((float) tail.high())
                .withAddress(residual == null ? 0 : context.address(residual))
                .withAddress(slopes == null ? 0 : context.address(slopes))
                .with(y)
                .overElements("conv_end", n);
    }

    /** {@code dz = dy (y > 0 ? 1 : slope)} and the sum of {@code dz} for each channel, in one pass. */
    public void gradient(
            int pixels, int channels, double slope, Storage y, Storage dy, Storage dz, @Nullable Storage dbias) {
        int n = pixels * channels;
        if (dbias == null) {
            launcher.begin()
                    .with(n)
                    .with((float) slope)
                    .with(y)
                    .with(dy)
                    .with(dz)
                    .overElements("leaky_gradient", n);
            return;
        }
        if (n == 0) {
            context.card().clear(context.address(dbias), 4L * channels);
            return;
        }
        var sums = new Sums(context, launcher, 1, pixels, channels, 1);
        sums.of(
                Sums.Terms.LEAKY,
                context.address(dy),
                context.address(y),
                context.address(dz),
                (float) slope,
                partial -> {
                    launcher.begin()
                            .with(sums.pieces())
                            .with(channels)
                            .with(1.0)
                            .withAddress(partial)
                            .with(dbias);
                    sums.join("join_sum");
                });
    }
}
