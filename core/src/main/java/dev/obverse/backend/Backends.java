package dev.obverse.backend;

import dev.obverse.backend.cpu.CpuBackend;
import dev.obverse.backend.reference.ReferenceBackend;
import dev.obverse.tensor.Device;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** The open backend of each device. Other modules' backends are found here, and only here, by ServiceLoader. */
public final class Backends {
    private static final Map<Device, Backend> OPEN = new ConcurrentHashMap<>();

    private Backends() {}

    public static Backend of(Device device) {
        var open = OPEN.get(device);
        return open != null ? open : OPEN.computeIfAbsent(device, Backends::open);
    }

    /** Makes {@code backend} the one of a device from now on: for tools that watch kernels, and for tests. */
    public static void use(Device device, Backend backend) {
        OPEN.put(device, backend);
    }

    /** Number of usable devices of a kind that another module provides. */
    public static int deviceCount(String kind) {
        return provider(kind).map(BackendProvider::deviceCount).orElse(0);
    }

    /** What devices of a kind that another module provides need, and whether it is there. */
    public static List<BackendProvider.Finding> diagnose(String kind) {
        return provider(kind)
                .map(BackendProvider::diagnose)
                .orElseGet(() -> List.of(new BackendProvider.Finding(
                        "module", false, "dev.obverse." + kind + " is not on the class or module path: add it")));
    }

    private static Backend open(Device device) {
        return switch (device.kind()) {
            case CPU -> CpuBackend.open();
            case REFERENCE -> new ReferenceBackend();
            case CUDA ->
                provider("cuda")
                        .orElseThrow(() -> new IllegalStateException("Device " + device
                                + " needs the module dev.obverse.cuda: add obverse-cuda to the class or module path"))
                        .open(device.index());
        };
    }

    private static Optional<BackendProvider> provider(String kind) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.kind().toLowerCase(Locale.ROOT).equals(kind))
                .findFirst();
    }
}
