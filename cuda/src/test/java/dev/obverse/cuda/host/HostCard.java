package dev.obverse.cuda.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.obverse.cuda.device.Card;
import dev.obverse.cuda.kernel.KernelFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A card that is this machine: its memory is ordinary memory, and kernels are the same sources compiled by g++. It
 * fills fresh memory with garbage, and watches the kernels: a launch fails if two threads race, an access leaves the
 * card's memory or is not aligned, shared memory is read before it is written, or threads miss a barrier.
 */
@SuppressWarnings({"restricted", "MustBeClosedChecker"}) // memory and kernels are addresses; free closes blocks
public final class HostCard implements Card {
    private static final FunctionDescriptor RUN =
            FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);

    private static final int MOST_BLOCKS = 100_000;

    private static final AtomicInteger LIBRARIES = new AtomicInteger();

    private record Block(Arena arena, long bytes) {}

    private record Function(String name, MethodHandle run) {}

    private final Path folder;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();

    /** The blocks as {@code watch.h} wants them. */
    private final MemorySegment watched = Arena.ofAuto().allocate(8L * (1 + 2 * MOST_BLOCKS), 8);

    private boolean watchedIsOld = true;
    private final List<Function> functions = new ArrayList<>();
    private final List<List<Runnable>> recordings = new ArrayList<>();
    private @Nullable List<Runnable> recording;

    public HostCard(Path folder) {
        this.folder = folder;
    }

    /** Whether there is a compiler. */
    public static boolean possible() {
        try {
            return System.getProperty("os.arch").equals("amd64")
                    && new ProcessBuilder("g++", "--version")
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    /** Compiles a kernel file; the "machine code" is the path of a library. */
    public byte[] compile(KernelFile file, String architecture) {
        return compile(file.fileName(), file.text(), file.kernels());
    }

    byte[] compile(String name, String text, List<String> kernels) {
        var source = new StringBuilder(header("host.h"))
                .append(header("watch.h"))
                .append("\n#line 1\n")
                .append(text);
        boolean waits = text.contains("__shared__");
        for (var kernel : kernels) {
            source.append("\nHOST_KERNEL(%s, %s)".formatted(kernel, waits));
        }
        // a name of its own: a library that is loaded already would not be loaded again
        var base = folder.resolve(name + "." + LIBRARIES.incrementAndGet());
        try {
            var file = Files.writeString(Path.of(base + ".cpp"), source.append('\n'));
            // two calls: given -fsanitize, the second would link g++'s own watcher
            run(
                    "g++",
                    "-c",
                    "-O2",
                    "-w",
                    "-ffp-contract=off",
                    "-fPIC",
                    "-fno-gnu-unique",
                    "-fsanitize=thread,alignment",
                    "-o",
                    base + ".o",
                    file.toString());
            run("g++", "-shared", "-Wl,-Bsymbolic", "-o", base + ".so", base + ".o");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (base + ".so").getBytes(StandardCharsets.UTF_8);
    }

    private static String header(String name) {
        try (var stream = HostCard.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String description() {
        return "this machine as a card";
    }

    @Override
    public String architecture() {
        return "host";
    }

    @Override
    public void bind() {}

    @Override
    public long allocate(long bytes) {
        var arena = Arena.ofShared();
        var block = arena.allocate(bytes, 512);
        block.fill((byte) 0x7f);
        blocks.put(block.address(), new Block(arena, bytes));
        watchedIsOld = true;
        return block.address();
    }

    @Override
    public void free(long address) {
        var block = blocks.remove(address);
        if (block == null) {
            throw new IllegalStateException("freed twice: 0x" + Long.toHexString(address));
        }
        watchedIsOld = true;
        block.arena.close();
    }

    @Override
    public long[] memory() {
        return new long[] {1L << 30, 1L << 31};
    }

    @Override
    public long allocatePinned(long bytes) {
        return allocate(bytes);
    }

    @Override
    public void freePinned(long address) {
        free(address);
    }

    @Override
    public void copyIn(long pinned, long address, long bytes) {
        start(() -> at(address, bytes).copyFrom(at(pinned, bytes)));
    }

    @Override
    public void copyOut(long address, long pinned, long bytes) {
        start(() -> at(pinned, bytes).copyFrom(at(address, bytes)));
    }

    @Override
    public void clear(long address, long bytes) {
        start(() -> at(address, bytes).fill((byte) 0));
    }

    /** A block's memory. */
    public static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public void mark(int mark) {}

    @Override
    public void await(int mark) {}

    @Override
    public void synchronize() {}

    @Override
    public long[] load(byte[] image, String... names) {
        var lookup = SymbolLookup.libraryLookup(Path.of(new String(image, StandardCharsets.UTF_8)), Arena.global());
        var linker = Linker.nativeLinker();
        try {
            linker.downcallHandle(lookup.find("watch").orElseThrow(), FunctionDescriptor.ofVoid(ADDRESS))
                    .invokeExact(watched);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        var handles = new long[names.length];
        for (int i = 0; i < names.length; i++) {
            handles[i] = functions.size();
            var run = lookup.find("run_" + names[i]).orElseThrow();
            functions.add(new Function(names[i], linker.downcallHandle(run, RUN)));
        }
        return handles;
    }

    @Override
    public void launch(long function, int grid, int gridY, int blockX, int blockY, long parameters) {
        if (grid < 1 || gridY < 1 || gridY > 65535 || blockX < 1 || blockX * blockY > 1024) {
            throw new IllegalStateException(
                    "a card would refuse the grid %dx%d of %dx%d threads".formatted(grid, gridY, blockX, blockY));
        }
        if (recording == null) {
            call(function, grid, gridY, blockX, blockY, parameters);
        } else {
            var copy = copied(parameters);
            start(() -> call(function, grid, gridY, blockX, blockY, copy.address()));
        }
    }

    private void call(long number, int grid, int gridY, int blockX, int blockY, long parameters) {
        watch();
        var function = functions.get((int) number);
        MemorySegment complaint;
        try {
            complaint = (MemorySegment)
                    function.run.invokeExact(grid, gridY, blockX, blockY, MemorySegment.ofAddress(parameters));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (complaint.address() != 0) {
            throw new IllegalStateException(
                    function.name + ": " + complaint.reinterpret(Long.MAX_VALUE).getString(0));
        }
    }

    private void watch() {
        if (!watchedIsOld) {
            return;
        }
        int at = 0;
        watched.setAtIndex(JAVA_LONG, at++, blocks.size());
        for (var block : blocks.entrySet()) {
            watched.setAtIndex(JAVA_LONG, at++, block.getKey());
            watched.setAtIndex(JAVA_LONG, at++, block.getKey() + block.getValue().bytes);
        }
        watchedIsOld = false;
    }

    // ---- recording, as a list of what was asked

    /** Does, or records, what a library would do on a card. */
    public void start(Runnable work) {
        if (recording == null) {
            work.run();
        } else {
            recording.add(work);
        }
    }

    /**
     * A launch's parameters as they are now: the launcher has a block of 32 addresses, all into one block of 4096 bytes
     * that begins with the first parameter; what lies behind the last parameter is garbage that no kernel looks at.
     */
    private static MemorySegment copied(long parameters) {
        var addresses = at(parameters, 32 * 8);
        long first = addresses.get(JAVA_LONG, 0);
        var values = Arena.global().allocate(4096, 16).copyFrom(at(first, 4096));
        var copy = Arena.global().allocate(32 * 8, 8);
        for (int i = 0; i < 32; i++) {
            long moved = addresses.getAtIndex(JAVA_LONG, i) - first + values.address();
            copy.setAtIndex(JAVA_LONG, i, moved);
        }
        return copy;
    }

    @Override
    public void beginRecording() {
        recording = new ArrayList<>();
    }

    @Override
    public long endRecording() {
        recordings.add(recording);
        recording = null;
        return recordings.size();
    }

    @Override
    public void abandonRecording() {
        recording = null;
    }

    @Override
    public void replay(long number) {
        recordings.get((int) number - 1).forEach(Runnable::run);
    }

    @Override
    public void forget(long number) {
        recordings.set((int) number - 1, List.of());
    }

    @Override
    public long time() {
        return System.nanoTime();
    }

    @Override
    public double between(long first, long second) {
        return (second - first) * 1e-6;
    }

    @Override
    public void close() {
        List.copyOf(blocks.keySet()).forEach(this::free);
    }
}
