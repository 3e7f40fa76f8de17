package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.Work;
import java.util.List;
import java.util.Map;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** The best-known matrix library in plain Java: one thread, no SIMD of its own. */
public final class Ejml implements Side {
    private static final int LARGEST = 512;

    @Override
    public String name() {
        return "ejml";
    }

    /** Larger products take seconds each and tell nothing new. */
    @Override
    public List<String> settings(Work work) {
        return work instanceof GemmWork(int n) && n <= LARGEST ? List.of("") : List.of();
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Map.of();
    }

    @Override
    public List<String> jvmOptions(int threads) {
        return List.of();
    }

    @Override
    public void start(int threads) {}

    @Override
    public Task prepare(Work work, String setting) {
        int n = ((GemmWork) work).n();
        var a = FMatrixRMaj.wrap(n, n, Inputs.normal("gemm a", n * n));
        var b = FMatrixRMaj.wrap(n, n, Inputs.normal("gemm b", n * n));
        var c = new FMatrixRMaj(n, n);
        return new Task() {
            @Override
            public void run() {
                CommonOps_FDRM.mult(a, b, c);
            }

            @Override
            public float[] result() {
                run();
                return c.data;
            }
        };
    }
}
