package dev.obverse.cuda.device;

import java.util.function.IntFunction;

/** Every call into CUDA goes through here: JCuda's own exceptions are off, and would not say what a call was for. */
public final class Status {
    private Status() {}

    /**
     * Fails unless {@code status} is 0, which is success in all of NVIDIA's libraries.
     *
     * @param call name of the function that returned it
     * @param words what the library says about a status
     */
    public static void check(String call, int status, IntFunction<String> words) {
        if (status != 0) {
            throw new CudaException(call, status, words.apply(status));
        }
    }
}
