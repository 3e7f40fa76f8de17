package dev.obverse.cuda.kernel;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.Storage;

/**
 * Convolution by plain kernels, {@code conv.cu}: slow, right for every shape, and what runs where cuDNN has no
 * algorithm. Within {@link dev.obverse.cuda.device.CudaContext#run}.
 */
public record PlainConv(Launcher launcher) {
    public void forward(ConvSpec s, Storage x, Storage w, Storage y) {
        int n = s.outPixels() * s.cout();
        launcher.begin().with(n).withStruct(fields(s)).with(x).with(w).with(y).overElements("plain_forward", n);
    }

    public void inputGradient(ConvSpec s, Storage dy, Storage w, Storage dx) {
        int n = s.n() * s.h() * s.w() * s.cin();
        launcher.begin()
                .with(n)
                .withStruct(fields(s))
                .with(dy)
                .with(w)
                .with(dx)
                .overElements("plain_input_gradient", n);
    }

    public void weightGradient(ConvSpec s, Storage x, Storage dy, Storage dw) {
        if (s.weightSize() > 0) {
            launcher.begin()
                    .withStruct(fields(s))
                    .with(x)
                    .with(dy)
                    .with(dw)
                    .launch("plain_weight_gradient", s.weightSize(), 1, 64, 1);
        }
    }

    private static int[] fields(ConvSpec s) {
        return new int[] {
            s.n(),
            s.h(),
            s.w(),
            s.cin(),
            s.cout(),
            s.outH(),
            s.outW(),
            s.kh(),
            s.kw(),
            s.strideH(),
            s.strideW(),
            s.padTop(),
            s.padLeft(),
            s.dilationH(),
            s.dilationW(),
            s.cin() / s.groups(),
            s.cout() / s.groups()
        };
    }
}
