package dev.obverse.contract;

import dev.obverse.tensor.Device;

/** The CPU, with whichever kernels this JVM allows: the build runs it with vectors, with 128-bit ones and without. */
class CpuContractTest extends BackendContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
