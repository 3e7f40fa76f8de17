package dev.obverse.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Backends;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.Storage;
import dev.obverse.contract.BackendContract;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.host.HostCard;
import dev.obverse.cuda.kernel.CudaConv;
import dev.obverse.cuda.kernel.Launcher;
import dev.obverse.cuda.kernel.Modules;
import dev.obverse.tensor.Device;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract kit on the kernels' own sources, compiled for this machine instead of a card: arithmetic, indices,
 * launch parameters, pool and transfers are what a card would run; cuDNN and cuBLAS are not here, and nothing is
 * learned about a card's compiler, its races or its speed.
 */
class HostContractTest extends BackendContract {
    /** A number that no machine has a card of. */
    private static final Device DEVICE = Device.cuda(99);

    @TempDir
    private static Path folder;

    private static CudaContext context;

    @BeforeAll
    static void open() {
        assumeTrue(HostCard.possible(), "g++ is not on the PATH: kernels were not run on this machine");
        var card = new HostCard(folder);
        context = new CudaContext(DEVICE, card, true);
        var launcher = new Launcher(context, new Modules(card::compile));
        Backends.use(
                DEVICE, new CudaBackend(context, launcher, new CpuMatmul(), new NoFastConv(), "the host as a card"));
    }

    @AfterAll
    static void close() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    protected Device device() {
        return DEVICE;
    }

    @Override
    protected int[] threadCounts() {
        return new int[] {1};
    }

    /** In place of cuBLAS, the CPU. */
    private static final class CpuMatmul implements MatmulKernels {
        private final Backend cpu = Device.cpu().backend();

        @Override
        public void matmul(MatmulSpec spec, Storage a, Storage b, Storage c) {
            var result = cpu.memory().allocate(c.length());
            cpu.matmul().matmul(spec, onCpu(a), onCpu(b), result);
            back(result, c);
        }

        @Override
        public void matmulAdd(MatmulSpec spec, Storage a, Storage b, Storage c) {
            var result = onCpu(c);
            cpu.matmul().matmulAdd(spec, onCpu(a), onCpu(b), result);
            back(result, c);
        }

        private void back(Storage result, Storage c) {
            var values = new float[c.length()];
            cpu.memory().read(result, values);
            context.write(values, c);
        }
    }

    private static Storage onCpu(Storage storage) {
        var values = new float[storage.length()];
        context.read(storage, values);
        var copy = Device.cpu().backend().memory().allocate(values.length);
        Device.cpu().backend().memory().write(values, copy);
        return copy;
    }

    private static final class NoFastConv implements CudaConv.FastConv {
        @Override
        public boolean forward(ConvSpec spec, Storage x, Storage w, Storage y) {
            return false;
        }

        @Override
        public boolean inputGradient(ConvSpec spec, Storage dy, Storage w, Storage dx) {
            return false;
        }

        @Override
        public boolean weightGradient(ConvSpec spec, Storage x, Storage dy, Storage dw) {
            return false;
        }
    }
}
