package dev.obverse.cuda;

import dev.obverse.backend.BackendProvider.Finding;
import dev.obverse.cuda.device.Bytes;
import dev.obverse.cuda.kernel.KernelCompiler;
import dev.obverse.cuda.kernel.KernelFile;
import dev.obverse.cuda.library.DriverProbe;
import dev.obverse.cuda.library.FoundLibraries;
import dev.obverse.cuda.library.NativeLoader;
import dev.obverse.cuda.library.NvidiaLibrary;
import dev.obverse.cuda.library.SearchPath;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Everything between this process and a card, one finding each; whatever is missing or broken is a finding too. */
final class Diagnosis {
    private final List<Finding> findings = new ArrayList<>();

    private Diagnosis() {}

    static List<Finding> run() {
        var diagnosis = new Diagnosis();
        CudaSettings settings;
        try {
            settings = CudaSettings.fromProperties();
        } catch (IllegalStateException e) {
            diagnosis.add("settings", false, String.valueOf(e.getMessage()));
            return diagnosis.findings;
        }
        var found = FoundLibraries.in(SearchPath.folders(settings.libraries()));
        var probe = diagnosis.driver(found);
        diagnosis.libraries(found, probe);
        diagnosis.jcuda(found, settings, probe);
        diagnosis.add(
                "settings", true, "%s, kernels and algorithms kept in %s".formatted(settings.math(), settings.cache()));
        return diagnosis.findings;
    }

    private void add(String subject, boolean fine, String text) {
        findings.add(new Finding(subject, fine, text));
    }

    private void attempt(String subject, Supplier<String> text) {
        try {
            add(subject, true, text.get());
        } catch (RuntimeException | LinkageError e) {
            add(subject, false, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private DriverProbe driver(FoundLibraries found) {
        var file = found.file(NvidiaLibrary.DRIVER);
        var probe = DriverProbe.ask(file);
        var where = file == null ? "found by the system's loader" : file.toString();
        var problem = probe.problem();
        if (probe.version() > 0) {
            add("driver", true, "supports CUDA " + version(probe.version()) + ", " + where);
        }
        if (problem != null) {
            add(probe.version() > 0 ? "card" : "driver", false, problem);
        }
        for (int i = 0; i < probe.cards().size(); i++) {
            var card = probe.cards().get(i);
            add(
                    "cuda:" + i,
                    true,
                    "%s, compute %d.%d, %s"
                            .formatted(
                                    card.name(),
                                    card.capability() / 10,
                                    card.capability() % 10,
                                    Bytes.text(card.bytes())));
        }
        return probe;
    }

    private static String version(int number) {
        return number / 1000 + "." + number / 10 % 100;
    }

    private void libraries(FoundLibraries found, DriverProbe probe) {
        if (found.major() == 0) {
            add(
                    "CUDA",
                    false,
                    "neither CUDA 12 nor 13 was found in %d folders: %s"
                            .formatted(found.folders().size(), found.remedy(NvidiaLibrary.CUBLAS)));
        } else if (probe.version() > 0 && probe.version() / 1000 < found.major()) {
            add(
                    "CUDA",
                    false,
                    "version %d was found, and the driver supports %s: update the driver or install CUDA 12's libraries"
                            .formatted(found.major(), version(probe.version())));
        } else {
            add("CUDA", true, "version " + found.major() + "; 12 or 13 is expected");
        }
        for (var library : NvidiaLibrary.values()) {
            var file = found.file(library);
            if (library == NvidiaLibrary.DRIVER) {
                continue;
            }
            if (file == null) {
                add(
                        library.title(),
                        false,
                        "not found in %d folders: %s".formatted(found.folders().size(), found.remedy(library)));
            } else {
                attempt(library.title(), () -> found.version(library) + ", " + file);
            }
        }
        add(
                "searched",
                true,
                String.join(", ", found.folders().stream().map(Object::toString).toList()));
    }

    /** The whole of JCuda if there is a driver, else what compiles kernels. */
    private void jcuda(FoundLibraries found, CudaSettings settings, DriverProbe probe) {
        boolean whole = probe.version() > 0;
        attempt(whole ? "JCuda" : "JCuda's NVRTC", () -> {
            if (whole) {
                NativeLoader.load(found, settings.cache(), settings.retag());
            } else {
                NativeLoader.loadCompiler(found, settings.cache(), settings.retag());
            }
            return "loaded, its libraries are in " + settings.cache();
        });
        if (!findings.getLast().fine()) {
            return;
        }
        attempt("kernels", () -> {
            var compiler = new KernelCompiler();
            var architecture = probe.cards().isEmpty()
                    ? "sm_90"
                    : "sm_" + probe.cards().getFirst().capability();
            for (var file : KernelFile.values()) {
                compiler.compile(file, architecture);
            }
            return "all compile for " + architecture + " by NVRTC " + compiler.version();
        });
    }
}
