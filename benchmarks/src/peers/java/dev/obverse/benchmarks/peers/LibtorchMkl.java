package dev.obverse.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/** libtorch with Intel's MKL for matrix products. */
public final class LibtorchMkl extends Libtorch {
    @Override
    public String name() {
        return "libtorch/mkl";
    }

    @Override
    public List<String> jvmOptions(int threads) {
        var options = new ArrayList<>(super.jvmOptions(threads));
        options.add("-Dorg.bytedeco.openblas.load=mkl");
        return options;
    }
}
