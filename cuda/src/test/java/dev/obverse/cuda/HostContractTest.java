package dev.obverse.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.host.HostCard;
import dev.obverse.tensor.Device;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract kit on the kernels' own sources, compiled for this machine instead of a card: arithmetic, indices,
 * launch parameters, pool and transfers are what a card would run, and races and forbidden accesses fail the launch;
 * cuDNN and cuBLAS are not here, and nothing is learned about a card's compiler or its speed.
 */
class HostContractTest extends CardContract {
    /** A number that no machine has a card of. */
    private static final Device DEVICE = Device.cuda(99);

    @TempDir
    private static Path folder;

    private static CudaContext context;

    @BeforeAll
    static void open() {
        assumeTrue(HostCard.possible(), "g++ is not on the PATH: kernels were not run on this machine");
        context = HostBackend.open(DEVICE, folder, false);
    }

    @AfterAll
    static void close() {
        if (context != null) {
            context.close();
        }
    }

    HostContractTest() {
        super(DEVICE);
    }
}
