package dev.obverse.cuda;

import dev.obverse.backend.Backend;
import dev.obverse.backend.BackendProvider;

/** Offers {@code cuda:0}, {@code cuda:1}, ... In this version there is no backend behind it, and it says so. */
public final class CudaProvider implements BackendProvider {
    @Override
    public String kind() {
        return "cuda";
    }

    @Override
    public int deviceCount() {
        return 0;
    }

    @Override
    public Backend open(int index) {
        throw new IllegalStateException(
                "Device cuda:" + index + " cannot be used: this version of Obverse computes on the CPU only; use cpu");
    }
}
