package dev.obverse.cuda;

import dev.obverse.contract.Arithmetic;
import dev.obverse.contract.BackendContract;
import dev.obverse.tensor.Device;

/** The contract kit on a card, in the arithmetic that {@code -Dobverse.cuda.math} chose when it was opened. */
public abstract class CardContract extends BackendContract {
    private final Device device;

    protected CardContract(Device device) {
        this.device = device;
    }

    @Override
    protected final Device device() {
        return device;
    }

    @Override
    protected final Arithmetic arithmetic() {
        return Arithmetic.of(device.backend());
    }

    /** The card computes; the threads of this machine make no difference. */
    @Override
    protected final int[] threadCounts() {
        return new int[] {1};
    }
}
