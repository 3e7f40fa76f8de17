package dev.obverse.cuda.blas;

import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.device.JCudaCard;
import dev.obverse.cuda.device.JCudaCard.Address;
import dev.obverse.cuda.device.Precision;
import dev.obverse.cuda.device.Status;
import dev.obverse.cuda.kernel.Mover;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;

/** Matrix products by cuBLAS, which gives the same bits every time as long as one stream uses its handle. */
public final class CudaMatmul implements MatmulKernels {
    /** What NVIDIA recommends for H100. */
    private static final long WORKSPACE = 32L << 20;

    private final CudaContext context;
    private final Mover mover;
    private final Precision precision;
    private final cublasHandle handle = new cublasHandle();
    private final Pointer one;
    private final Pointer zero;

    /** The card must be bound. */
    public CudaMatmul(CudaContext context, JCudaCard card, Mover mover, Precision precision) {
        this.context = context;
        this.mover = mover;
        this.precision = precision;
        one = new Address(
                Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 1f).address());
        zero = new Address(
                Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 0f).address());
        check("cublasCreate", JCublas2.cublasCreate(handle));
        check("cublasSetStream", JCublas2.cublasSetStream(handle, card.stream()));
        // the stream's own workspace would be taken from CUDA's allocator in a recorded step; setting the stream resets
        // it
        var workspace = new Address(card.allocate(WORKSPACE));
        check("cublasSetWorkspace", JCublas2.cublasSetWorkspace(handle, workspace, WORKSPACE));
        // the default does not round float32 to TF32
        int math =
                precision == Precision.FLOAT32 ? cublasMath.CUBLAS_DEFAULT_MATH : cublasMath.CUBLAS_TF32_TENSOR_OP_MATH;
        check("cublasSetMathMode", JCublas2.cublasSetMathMode(handle, math));
    }

    private static void check(String call, int status) {
        Status.check(call, status, cublasStatus::stringFor);
    }

    @Override
    public void matmul(MatmulSpec spec, Storage a, Storage b, Storage c) {
        run(spec, a, b, c, zero);
    }

    @Override
    public void matmulAdd(MatmulSpec spec, Storage a, Storage b, Storage c) {
        run(spec, a, b, c, one);
    }

    /** @param beta what the earlier content of {@code c} counts: zero or one */
    @SuppressWarnings("ReferenceEquality") // there are only the two constants
    private void run(MatmulSpec spec, Storage a, Storage b, Storage c, Pointer beta) {
        long results = (long) spec.batch() * spec.m() * spec.n();
        if (results == 0) {
            return;
        }
        context.run("matmul", spec, () -> {
            if (spec.k() == 0) {
                if (beta == zero) {
                    context.card().clear(context.address(c), 4 * results);
                }
                return;
            }
            var call = GemmCall.of(spec);
            if (precision == Precision.BF16) {
                asBf16(
                        b,
                        first -> asBf16(
                                a,
                                second -> multiplyBf16(
                                        spec.batch(),
                                        call,
                                        new Address(first),
                                        new Address(second),
                                        beta,
                                        address(c))));
            } else {
                multiply(spec.batch(), call, address(b), address(a), beta, address(c));
            }
        });
    }

    /** Of weights the same copy serves every product until somebody changes them. */
    private void asBf16(Storage array, LongConsumer work) {
        int n = array.length();
        context.withCopy(array, Precision.BF16, 2L * n, (from, to) -> mover.toBf16(n, from, to), work);
    }

    /** Inputs of bfloat16, sums and result of float32. */
    private void multiplyBf16(int batch, GemmCall g, Pointer first, Pointer second, Pointer beta, Pointer result) {
        check(
                "cublasGemmStridedBatchedEx",
                JCublas2.cublasGemmStridedBatchedEx_new(
                        handle,
                        operation(g.transposeFirst()),
                        operation(g.transposeSecond()),
                        g.m(),
                        g.n(),
                        g.k(),
                        one,
                        first,
                        cudaDataType.CUDA_R_16BF,
                        g.firstLeading(),
                        g.firstStride(),
                        second,
                        cudaDataType.CUDA_R_16BF,
                        g.secondLeading(),
                        g.secondStride(),
                        beta,
                        result,
                        cudaDataType.CUDA_R_32F,
                        g.resultLeading(),
                        g.resultStride(),
                        batch,
                        cublasComputeType.CUBLAS_COMPUTE_32F,
                        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT));
    }

    private void multiply(int batch, GemmCall g, Pointer first, Pointer second, Pointer beta, Pointer result) {
        int opFirst = operation(g.transposeFirst());
        int opSecond = operation(g.transposeSecond());
        if (batch == 1) {
            check(
                    "cublasSgemm",
                    JCublas2.cublasSgemm(
                            handle,
                            opFirst,
                            opSecond,
                            g.m(),
                            g.n(),
                            g.k(),
                            one,
                            first,
                            g.firstLeading(),
                            second,
                            g.secondLeading(),
                            beta,
                            result,
                            g.resultLeading()));
            return;
        }
        check(
                "cublasSgemmStridedBatched",
                JCublas2.cublasSgemmStridedBatched(
                        handle,
                        opFirst,
                        opSecond,
                        g.m(),
                        g.n(),
                        g.k(),
                        one,
                        first,
                        g.firstLeading(),
                        g.firstStride(),
                        second,
                        g.secondLeading(),
                        g.secondStride(),
                        beta,
                        result,
                        g.resultLeading(),
                        g.resultStride(),
                        batch));
    }

    private static int operation(boolean transpose) {
        return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    private Pointer address(Storage storage) {
        return new Address(context.address(storage));
    }
}
