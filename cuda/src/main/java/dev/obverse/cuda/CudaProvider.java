package dev.obverse.cuda;

import dev.obverse.backend.Backend;
import dev.obverse.backend.BackendProvider;
import dev.obverse.cuda.blas.CudaMatmul;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.device.JCudaCard;
import dev.obverse.cuda.dnn.AlgorithmSearch;
import dev.obverse.cuda.dnn.Cudnn;
import dev.obverse.cuda.dnn.CudnnConv;
import dev.obverse.cuda.kernel.KernelCache;
import dev.obverse.cuda.kernel.KernelCompiler;
import dev.obverse.cuda.kernel.Launcher;
import dev.obverse.cuda.kernel.Modules;
import dev.obverse.cuda.kernel.Mover;
import dev.obverse.cuda.library.DriverProbe;
import dev.obverse.cuda.library.FoundLibraries;
import dev.obverse.cuda.library.NativeLoader;
import dev.obverse.cuda.library.NvidiaLibrary;
import dev.obverse.cuda.library.SearchPath;
import dev.obverse.tensor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Offers {@code cuda:0}, {@code cuda:1}, ... JCuda is not touched before a card is opened: until then the driver is
 * asked directly, and libraries are only looked for.
 */
public final class CudaProvider implements BackendProvider {
    @Override
    public String kind() {
        return "cuda";
    }

    @Override
    public int deviceCount() {
        try {
            var settings = CudaSettings.fromProperties();
            var found = FoundLibraries.in(SearchPath.folders(settings.libraries()));
            return found.isEnough(settings.retag())
                    ? DriverProbe.ask(found.file(NvidiaLibrary.DRIVER)).cards().size()
                    : 0;
        } catch (RuntimeException | LinkageError e) {
            return 0;
        }
    }

    @Override
    public Backend open(int index) {
        try {
            var settings = CudaSettings.fromProperties();
            var found = FoundLibraries.in(SearchPath.folders(settings.libraries()));
            requireCard(DriverProbe.ask(found.file(NvidiaLibrary.DRIVER)), index);
            NativeLoader.load(found, settings.cache(), settings.retag());
            return Opened.card(index, settings);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("Device cuda:" + index + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static void requireCard(DriverProbe probe, int index) {
        var problem = probe.problem();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
        if (index >= probe.cards().size()) {
            throw new IllegalStateException("this machine has " + probe.cards().size()
                    + " card(s), the last one is cuda:" + (probe.cards().size() - 1));
        }
    }

    @Override
    public List<Finding> diagnose() {
        return Diagnosis.run();
    }

    /** Apart, so that nothing of JCuda is loaded, not even by the verifier, before a card is opened. */
    private static final class Opened {
        static Backend card(int index, CudaSettings settings) {
            var card = new JCudaCard(index);
            var context = new CudaContext(Device.cuda(index), card, settings.debug());
            var compiler = new KernelCompiler();
            var kernels = new KernelCache(settings.cache().resolve("kernels"), compiler, compiler.version());
            var launcher = new Launcher(context, new Modules(kernels));
            var math = settings.math();
            var cudnn = new Cudnn(card);
            var search = new AlgorithmSearch(
                    context,
                    cudnn,
                    math,
                    settings.search() == CudaSettings.Search.MEASURE,
                    algorithms(settings.cache(), card));
            return new CudaBackend(
                    context,
                    launcher,
                    new CudaMatmul(context, card, new Mover(launcher), math),
                    new CudnnConv(context, new Mover(launcher), cudnn, search),
                    settings.graph(),
                    "%s, %s, cuDNN %d, kernels by NVRTC %s"
                            .formatted(
                                    card.description(),
                                    settings.math().name().toLowerCase(Locale.ROOT),
                                    Cudnn.version(),
                                    compiler.version()));
        }

        /** Choices hold for one model of card and one version of cuDNN. */
        private static Path algorithms(Path cache, JCudaCard card) {
            var name = card.description().replaceAll("cuda:\\d+", "").replaceAll("[^A-Za-z0-9.]+", "-");
            return cache.resolve("cudnn").resolve(Cudnn.version() + name + ".txt");
        }
    }
}
