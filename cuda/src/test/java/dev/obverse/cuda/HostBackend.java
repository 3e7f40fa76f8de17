package dev.obverse.cuda;

import dev.obverse.backend.Backends;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.host.HostCard;
import dev.obverse.cuda.kernel.CudaConv;
import dev.obverse.cuda.kernel.Launcher;
import dev.obverse.cuda.kernel.Modules;
import dev.obverse.tensor.Device;
import java.nio.file.Path;

/** The backend on this machine instead of a card: its own kernels, without cuDNN and cuBLAS. */
final class HostBackend {
    private HostBackend() {}

    /** Makes it the backend of {@code device}. */
    static CudaContext open(Device device, Path folder, boolean records) {
        var card = new HostCard(folder);
        var context = new CudaContext(device, card, !records);
        var launcher = new Launcher(context, new Modules(card::compile));
        Backends.use(
                device,
                new CudaBackend(
                        context, launcher, matmul(context), new NoFastConv(), records, "this machine as a card"));
        return context;
    }

    /** In place of cuBLAS, the CPU. */
    private static MatmulKernels matmul(CudaContext context) {
        var cpu = Device.cpu().backend();
        return (spec, a, b, c) -> {
            var result = cpu.memory().allocate(c.length());
            cpu.matmul().matmul(spec, onCpu(context, a), onCpu(context, b), result);
            var values = new float[c.length()];
            cpu.memory().read(result, values);
            context.write(values, c);
        };
    }

    private static Storage onCpu(CudaContext context, Storage storage) {
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
