package dev.obverse.cuda.dnn;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.CopySpec;
import dev.obverse.cuda.device.Precision;
import java.util.List;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorFormat;
import org.jspecify.annotations.Nullable;

/** In which order cuDNN gets the axes of images and weights; the first is our own, but for the weight's last axis. */
enum ConvLayout {
    /** As {@link #NHWC}, in bfloat16. */
    NHWC_BF16,
    /** Images as ours, weights {@code [Cout,KH,KW,Cin/groups]}. */
    NHWC,
    /** Images {@code [N,C,H,W]}, weights {@code [Cout,Cin/groups,KH,KW]}. */
    NCHW;

    /** cuDNN's number for it. */
    int format() {
        return this != NCHW ? cudnnTensorFormat.CUDNN_TENSOR_NHWC : cudnnTensorFormat.CUDNN_TENSOR_NCHW;
    }

    /** cuDNN's number for the type of elements; sums are float32 in any case. */
    int type() {
        return this == NHWC_BF16 ? cudnnDataType.CUDNN_DATA_BFLOAT16 : cudnnDataType.CUDNN_DATA_FLOAT;
    }

    /**
     * cuDNN's math type to ask with. It is also what a convolution is run with, because JCuda 12.6 does not pass on the
     * one that cuDNN answers with.
     */
    int math(Precision precision) {
        if (this == NHWC_BF16) {
            return cudnnMathType.CUDNN_TENSOR_OP_MATH;
        }
        return precision == Precision.FLOAT32 ? cudnnMathType.CUDNN_FMA_MATH : cudnnMathType.CUDNN_DEFAULT_MATH;
    }

    /** Those that may be used, best first. */
    static List<ConvLayout> allowed(Precision precision) {
        return precision == Precision.BF16 ? List.of(NHWC_BF16, NHWC, NCHW) : List.of(NHWC, NCHW);
    }

    /** The copy from our order {@code [n,h,w,c]} into this one, or null if they are the same. */
    @Nullable
    CopySpec image(int n, int h, int w, int c) {
        if (this != NCHW) {
            return null;
        }
        return new CopySpec(
                new int[] {n, c, h * w}, 0, new int[] {h * w * c, 1, c}, 0, new int[] {c * h * w, h * w, 1});
    }

    /** The copy from our weight {@code [KH,KW,Cin/groups,Cout]} into this order, or null if a transposition does it. */
    @Nullable
    CopySpec weight(ConvSpec s) {
        if (this != NCHW) {
            return null;
        }
        int taps = s.kh() * s.kw();
        int cin = s.cin() / s.groups();
        return new CopySpec(new int[] {s.cout(), cin, taps}, 0, new int[] {1, s.cout(), cin * s.cout()}, 0, new int[] {
            cin * taps, taps, 1
        });
    }

    /** The copy that goes back the way {@code copy} came. */
    static CopySpec reversed(CopySpec copy) {
        int from = copy.targetOffset();
        int to = copy.sourceOffset();
        return new CopySpec(copy.extents(), from, copy.targetStrides(), to, copy.sourceStrides());
    }
}
