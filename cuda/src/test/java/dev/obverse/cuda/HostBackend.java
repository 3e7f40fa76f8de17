package dev.obverse.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.obverse.backend.Backends;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.host.HostCard;
import dev.obverse.cuda.kernel.CudaConv;
import dev.obverse.cuda.kernel.Launcher;
import dev.obverse.cuda.kernel.Modules;
import dev.obverse.tensor.Device;
import java.lang.foreign.MemorySegment;
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
                        context,
                        launcher,
                        new ThreeLoops(context, card),
                        new NoFastConv(),
                        records,
                        "this machine as a card"));
        return context;
    }

    /** In place of cuBLAS, three loops. */
    private record ThreeLoops(CudaContext context, HostCard card) implements MatmulKernels {
        @Override
        public void matmul(MatmulSpec spec, Storage a, Storage b, Storage c) {
            run(spec, a, b, c, 0);
        }

        @Override
        public void matmulAdd(MatmulSpec spec, Storage a, Storage b, Storage c) {
            run(spec, a, b, c, 1);
        }

        private void run(MatmulSpec spec, Storage a, Storage b, Storage c, double beta) {
            context.run("matmul", spec, () -> {
                var first = HostCard.at(context.address(a), 4L * a.length());
                var second = HostCard.at(context.address(b), 4L * b.length());
                var result = HostCard.at(context.address(c), 4L * c.length());
                card.start(() -> multiply(spec, first, second, beta, result));
            });
        }
    }

    private static void multiply(
            MatmulSpec s, MemorySegment first, MemorySegment second, double beta, MemorySegment c) {
        var a = first.toArray(JAVA_FLOAT);
        var b = second.toArray(JAVA_FLOAT);
        for (int batch = 0; batch < s.batch(); batch++) {
            int fromA = s.broadcastA() ? 0 : batch * s.m() * s.k();
            int fromB = s.broadcastB() ? 0 : batch * s.k() * s.n();
            for (int i = 0; i < s.m(); i++) {
                for (int j = 0; j < s.n(); j++) {
                    int to = (batch * s.m() + i) * s.n() + j;
                    double sum = beta == 0 ? 0 : beta * c.getAtIndex(JAVA_FLOAT, to);
                    for (int k = 0; k < s.k(); k++) {
                        int atA = fromA + (s.transposeA() ? k * s.m() + i : i * s.k() + k);
                        int atB = fromB + (s.transposeB() ? j * s.k() + k : k * s.n() + j);
                        sum += (double) a[atA] * b[atB];
                    }
                    c.setAtIndex(JAVA_FLOAT, to, (float) sum);
                }
            }
        }
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
