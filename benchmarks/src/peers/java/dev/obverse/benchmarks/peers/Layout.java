package dev.obverse.benchmarks.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How PyTorch's tensors lie in memory, and how they come from our layouts: images {@code [N,H,W,C]} and convolution
 * weights {@code [KH,KW,Cin,Cout]}, which PyTorch calls {@code [N,C,H,W]} and {@code [Cout,Cin,KH,KW]} whatever their
 * order in memory.
 */
record Layout(boolean channelsLast) {
    /** An image, or anything else of four axes in PyTorch's logical order. */
    Tensor inMemory(Tensor nchw) {
        return nchw.contiguous(channelsLast ? torch.MemoryFormat.ChannelsLast : torch.MemoryFormat.Contiguous);
    }

    Tensor image(float[] values, int batch, int size, int channels) {
        return inMemory(plain(values, batch, size, size, channels).permute(0, 3, 1, 2));
    }

    Tensor weight(float[] values, int kernel, int cin, int cout) {
        return inMemory(plain(values, kernel, kernel, cin, cout).permute(3, 2, 0, 1));
    }

    /** A weight of a transposed convolution, from {@code [KH,KW,Cin,Cout]} to {@code [Cin,Cout,KH,KW]}. */
    Tensor upWeight(float[] values, int kernel, int cin, int cout) {
        return inMemory(plain(values, kernel, kernel, cin, cout).permute(2, 3, 0, 1));
    }

    /** Row-major, as it is. */
    static Tensor plain(float[] values, long... extents) {
        return Tensor.create(values, extents);
    }

    /** The values of an image in our order. */
    static float[] imageValues(Tensor nchw) {
        try (var _ = new PointerScope()) {
            return values(nchw.permute(0, 2, 3, 1));
        }
    }

    /** The values of a convolution weight in our order. */
    static float[] weightValues(Tensor weight) {
        try (var _ = new PointerScope()) {
            return values(weight.permute(2, 3, 1, 0));
        }
    }

    /** Row-major. */
    static float[] values(Tensor tensor) {
        try (var _ = new PointerScope()) {
            var contiguous = tensor.contiguous();
            var values = new float[Math.toIntExact(contiguous.numel())];
            contiguous.data_ptr_float().get(values);
            return values;
        }
    }
}
