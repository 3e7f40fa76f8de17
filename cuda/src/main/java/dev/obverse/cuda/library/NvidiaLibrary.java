package dev.obverse.cuda.library;

import java.util.List;
import java.util.stream.Stream;

/** NVIDIA's libraries that the backend needs, in the order in which they must be loaded. */
public enum NvidiaLibrary {
    DRIVER("the driver's libcuda", "libcuda.so.1", "cuda"),
    CUBLAS_LT("cuBLASLt", "libcublasLt.so.%d", "cublas"),
    CUBLAS("cuBLAS", "libcublas.so.%d", "cublas"),
    /** Asked for by NVRTC when it compiles; the name ends in a minor version. */
    NVRTC_BUILTINS("NVRTC's built-ins", "libnvrtc-builtins.so.%d.", "cuda-nvrtc"),
    NVRTC("NVRTC", "libnvrtc.so.%d", "cuda-nvrtc"),
    CUDNN("cuDNN 9", "libcudnn.so.9", "cudnn");

    /** Versions of CUDA that work, in the order of preference within one folder: JCuda is made for the first. */
    static final List<Integer> MAJORS = List.of(12, 13);

    private final String title;
    private final String file;
    private final String wheel;

    NvidiaLibrary(String title, String file, String wheel) {
        this.title = title;
        this.file = file;
        this.wheel = wheel;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** Its file's name for a major version of CUDA; of {@link #NVRTC_BUILTINS} only the beginning. */
    String file(int major) {
        return file.formatted(major);
    }

    /** Whether the file's name depends on the version of CUDA. */
    boolean ofCuda() {
        return file.contains("%d");
    }

    /** How to get it. */
    String remedy(int major) {
        if (this == DRIVER) {
            return "install NVIDIA's driver so that nvidia-smi works; a container needs --gpus all";
        }
        // from CUDA 13 on only cuDNN's package has the version in its name
        var suffix = major == 12 || this == CUDNN ? "-cu" + major : "";
        return "pip install nvidia-%s%s, or install %s; -Dobverse.cuda.libraries=FOLDER names an unusual place"
                .formatted(
                        wheel, suffix, this == CUDNN ? "cuDNN 9 for CUDA " + major : "the CUDA " + major + " toolkit");
    }

    /** All that a toolkit brings. */
    static Stream<NvidiaLibrary> ofToolkit() {
        return Stream.of(values()).filter(NvidiaLibrary::ofCuda);
    }
}
