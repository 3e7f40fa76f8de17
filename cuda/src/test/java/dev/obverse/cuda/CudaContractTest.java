package dev.obverse.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.obverse.tensor.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The contract kit on a real card. {@code -Dobverse.gpu=auto} runs it where there is one and says otherwise why not,
 * {@code require} fails without one, {@code off} leaves it out; {@code -Dobverse.gpu.device=1} names another card.
 */
@Tag("gpu")
class CudaContractTest extends CardContract {
    private static final Device DEVICE = Device.cuda(Integer.getInteger("obverse.gpu.device", 0));

    @BeforeAll
    static void requireCard() {
        var mode = System.getProperty("obverse.gpu", "auto");
        switch (mode) {
            case "off" -> abort("-Dobverse.gpu=off");
            case "auto", "require" -> {
                try {
                    DEVICE.backend();
                } catch (IllegalStateException e) {
                    if (mode.equals("require")) {
                        fail("-Dobverse.gpu=require: " + e.getMessage(), e);
                    }
                    abort(e.getMessage());
                }
            }
            default -> fail("-Dobverse.gpu=" + mode + " is not one of auto, require, off");
        }
    }

    CudaContractTest() {
        super(DEVICE);
    }

    /** Last of all: what the kit allocated has come back, apart from what waits for the collector. */
    @Test
    void memoryComesBack() throws InterruptedException {
        var backend = (CudaBackend) DEVICE.backend();
        long live = backend.memoryStatistics().liveBlocks();
        for (int i = 0; i < 100; i++) {
            backend.memory().release(backend.memory().allocate(1 << 20));
        }
        assertEquals(live, Math.max(live, backend.memoryStatistics().liveBlocks()), backend.leaks());
    }
}
