/** Computation on NVIDIA GPUs. Found at run time by {@link java.util.ServiceLoader}; nothing compiles against it. */
module dev.obverse.cuda {
    requires static org.jspecify;
    requires dev.obverse.core;
    requires jcuda;
    requires jcublas;
    requires jcudnn;

    provides dev.obverse.backend.BackendProvider with
            dev.obverse.cuda.CudaProvider;
}
