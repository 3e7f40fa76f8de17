package dev.obverse.cuda.library;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What NVIDIA's driver says about itself and its cards, asked directly: neither JCuda nor CUDA need be there.
 *
 * @param version of CUDA that the driver supports, 12040 for 12.4; 0 if there is none
 * @param problem why no card can be used, or null
 */
public record DriverProbe(
        int version, List<CardInfo> cards, @Nullable String problem) {
    /** A card, its memory, and its compute capability, 90 for 9.0. */
    public record CardInfo(String name, long bytes, int capability) {}

    private static final int MAJOR = 75;
    private static final int MINOR = 76;

    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /**
     * Asks the driver; never fails.
     *
     * @param file of the driver's library, or null to leave it to the system's loader to find it
     */
    @SuppressWarnings("restricted") // asking a native library is what this class is for
    public static DriverProbe ask(@Nullable Path file) {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            return none("JCuda runs on Linux on x86-64, and this is " + System.getProperty("os.name") + " on "
                    + System.getProperty("os.arch"));
        }
        try (var arena = Arena.ofConfined()) {
            SymbolLookup library;
            try {
                library = file == null
                        ? SymbolLookup.libraryLookup("libcuda.so.1", Arena.global())
                        : SymbolLookup.libraryLookup(file, Arena.global());
            } catch (IllegalArgumentException e) {
                return none("there is no NVIDIA driver on this machine (libcuda.so.1 was not found): "
                        + NvidiaLibrary.DRIVER.remedy(0));
            }
            return ask(library, arena);
        }
    }

    private static DriverProbe ask(SymbolLookup library, Arena arena) {
        var number = arena.allocate(8, 8);
        int version = 0;
        try {
            call(library, "cuDriverGetVersion", number);
            version = number.get(JAVA_INT, 0);
            call(library, "cuInit", 0);
            call(library, "cuDeviceGetCount", number);
            int count = number.get(JAVA_INT, 0);
            var cards = new ArrayList<CardInfo>();
            for (int i = 0; i < count; i++) {
                cards.add(card(library, arena, i));
            }
            var problem = count == 0 ? "the driver sees no card: check nvidia-smi and CUDA_VISIBLE_DEVICES" : null;
            return new DriverProbe(version, List.copyOf(cards), problem);
        } catch (Failed e) {
            return new DriverProbe(
                    version, List.of(), "the NVIDIA driver does not work: " + e.getMessage() + "; check nvidia-smi");
        }
    }

    private static CardInfo card(SymbolLookup library, Arena arena, int index) throws Failed {
        var number = arena.allocate(8, 8);
        call(library, "cuDeviceGet", number, index);
        int device = number.get(JAVA_INT, 0);
        var name = arena.allocate(256);
        call(library, "cuDeviceGetName", name, 256, device);
        call(library, "cuDeviceGetAttribute", number, MAJOR, device);
        int major = number.get(JAVA_INT, 0);
        call(library, "cuDeviceGetAttribute", number, MINOR, device);
        int minor = number.get(JAVA_INT, 0);
        call(library, "cuDeviceTotalMem_v2", number, device);
        return new CardInfo(name.getString(0), number.get(JAVA_LONG, 0), 10 * major + minor);
    }

    private static DriverProbe none(String problem) {
        return new DriverProbe(0, List.of(), problem);
    }

    /** Calls a function of addresses and ints, and fails unless it returns 0. */
    @SuppressWarnings("restricted")
    private static void call(SymbolLookup library, String function, Object... arguments) throws Failed {
        var layouts = new MemoryLayout[arguments.length];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = arguments[i] instanceof MemorySegment ? ADDRESS : JAVA_INT;
        }
        var symbol = library.find(function).orElseThrow(() -> new Failed("it has no function " + function));
        int status;
        try {
            status = (int) Linker.nativeLinker()
                    .downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, layouts))
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new Failed(function + " cannot be called: " + e);
        }
        if (status != 0) {
            throw new Failed(function + " returned status " + status
                    + (status == 100 ? ", no card is visible" : status == 999 ? ", unknown error" : ""));
        }
    }
}
