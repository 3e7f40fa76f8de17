package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.AdamWork;
import dev.obverse.benchmarks.work.BatchNormWork;
import dev.obverse.benchmarks.work.ConcatWork;
import dev.obverse.benchmarks.work.ConvWork;
import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.LeakyReluWork;
import dev.obverse.benchmarks.work.LinearWork;
import dev.obverse.benchmarks.work.MaxPoolWork;
import dev.obverse.benchmarks.work.RecogniserWork;
import dev.obverse.benchmarks.work.StepWork;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.TraceWork;
import dev.obverse.benchmarks.work.UpWork;
import dev.obverse.benchmarks.work.Work;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.mkl.global.mkl_rt;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's C++ core through JavaCPP, as fast as it gets: oneDNN, Intel's OpenMP, and an allocator that keeps freed
 * memory and uses huge pages. Without the last, page faults cost it up to a factor of three on virtual machines.
 */
abstract class Libtorch implements Side {
    static final String CHANNELS_LAST = "channels_last";
    static final String CONTIGUOUS = "NCHW";

    /**
     * glibc's malloc: transparent huge pages, one arena, and neither mmap nor trimming, so that freed memory is used
     * again instead of being faulted in again. One arena, because the JVM calls from a thread that is not the process's
     * first, and any arena but the first gives blocks of over 64 MiB back to the kernel each time.
     */
    static final Map<String, String> KEEP_MEMORY = Map.of(
            "GLIBC_TUNABLES",
            String.join(
                    ":",
                    "glibc.malloc.hugetlb=1",
                    "glibc.malloc.arena_max=1",
                    "glibc.malloc.mmap_threshold=4294967296",
                    "glibc.malloc.trim_threshold=137438953472",
                    "glibc.malloc.top_pad=268435456"));

    /** JavaCPP counts native memory and would collect garbage, or refuse, at a limit. */
    static final List<String> JVM_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx2g",
            "-Dorg.bytedeco.javacpp.maxBytes=0",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

    @Override
    public List<String> settings(Work work) {
        return switch (work) {
            case ConvWork _,
                    UpWork _,
                    LeakyReluWork _,
                    MaxPoolWork _,
                    BatchNormWork _,
                    ConcatWork _,
                    StepWork _,
                    TraceWork _ -> List.of(CHANNELS_LAST, CONTIGUOUS);
            case AdamWork _, GemmWork _, LinearWork _ -> List.of("");
            case RecogniserWork _ -> List.of();
        };
    }

    @Override
    public Map<String, String> environment(int threads) {
        var environment = new HashMap<>(KEEP_MEMORY);
        environment.put("LD_PRELOAD", intelOpenMp().getPath());
        // Threads that wait for work spin for 20 ms, not 200: no less fast, and our turn comes sooner.
        environment.put("KMP_BLOCKTIME", "20");
        // torch.set_num_threads does not reach the BLAS.
        for (var library : List.of("OMP", "MKL", "OPENBLAS")) {
            environment.put(library + "_NUM_THREADS", Integer.toString(threads));
        }
        environment.put("MKL_DYNAMIC", "FALSE");
        return environment;
    }

    private static File intelOpenMp() {
        try {
            return Loader.cacheResource(mkl_rt.class, "/org/bytedeco/mkl/" + Loader.getPlatform() + "/libiomp5.so");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> jvmOptions(int threads) {
        return JVM_OPTIONS;
    }

    @Override
    public void start(int threads) {
        torch.set_num_threads(threads);
    }

    @Override
    public Task prepare(Work work, String setting) {
        var layout = new Layout(setting.equals(CHANNELS_LAST));
        return switch (work) {
            case AdamWork w -> LibtorchKernels.adam(w);
            case BatchNormWork w -> LibtorchKernels.batchNorm(w, layout);
            case ConcatWork w -> LibtorchKernels.concat(w, layout);
            case ConvWork w -> LibtorchConv.conv(w, layout);
            case GemmWork w -> LibtorchKernels.gemm(w);
            case LeakyReluWork w -> LibtorchKernels.leakyRelu(w, layout);
            case LinearWork w -> LibtorchKernels.linear(w);
            case MaxPoolWork w -> LibtorchKernels.maxPool(w, layout);
            case RecogniserWork _ -> throw new IllegalArgumentException("libtorch reads no ONNX files");
            case StepWork w -> new LibtorchStep(w, layout);
            case TraceWork w -> LibtorchDrn.trace(w, layout);
            case UpWork w -> LibtorchConv.up(w, layout);
        };
    }
}
