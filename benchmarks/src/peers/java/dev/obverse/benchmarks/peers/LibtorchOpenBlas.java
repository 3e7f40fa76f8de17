package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.LinearWork;
import dev.obverse.benchmarks.work.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * libtorch with OpenBLAS for matrix products. On AMD processors it is the faster one, if it is told to use AVX-512: by
 * themselves both take their 256-bit kernels there, which reach half of the peak.
 */
public final class LibtorchOpenBlas extends Libtorch {
    @Override
    public String name() {
        return "libtorch/openblas";
    }

    /**
     * Matrix products only: convolutions are oneDNN's, and in a training step OpenBLAS's threads, which spin beside
     * OpenMP's, made it two to three times slower than MKL.
     */
    @Override
    public List<String> settings(Work work) {
        return switch (work) {
            case GemmWork _, LinearWork _ -> List.of("");
            default -> List.of();
        };
    }

    @Override
    public Map<String, String> environment(int threads) {
        var environment = coreType();
        environment.putAll(super.environment(threads));
        return environment;
    }

    /** What tells OpenBLAS to use AVX-512 where there is AVX-512. */
    static Map<String, String> coreType() {
        var environment = new HashMap<String, String>();
        if (hasAvx512()) {
            environment.put("OPENBLAS_CORETYPE", "SkylakeX");
        }
        return environment;
    }

    private static boolean hasAvx512() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo")).contains(" avx512f ");
        } catch (IOException e) {
            return false; // no Linux: OpenBLAS chooses
        }
    }
}
