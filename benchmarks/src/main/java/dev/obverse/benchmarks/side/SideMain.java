package dev.obverse.benchmarks.side;

import dev.obverse.benchmarks.CopyBandwidth;
import dev.obverse.benchmarks.FmaPeak;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.Work;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A library's own process: reads one request a line from stdin, answers each with one line on stdout, and ends with its
 * stdin. {@link SideProcess} is the other end.
 *
 * <pre>
 * prepare ID CODE SETTING    makes a work ready and does it once     -> the nanoseconds of that
 * time ID NANOS RUNS         does it until both are used up          -> the nanoseconds of each run
 * result ID                  does it from the shared inputs          -> a digest of the result
 * drop ID                    forgets it                              -> nothing
 * peak                                                               -> FMA peak in GFLOP/s, copy rate in GB/s
 * memory                                                             -> peak resident KiB, heap bytes in use after GC
 * </pre>
 */
public final class SideMain {
    private final Map<String, Task> tasks = new HashMap<>();
    private final Side side;
    private @Nullable CopyBandwidth copy;

    private SideMain(Side side) {
        this.side = side;
    }

    /** Arguments: the {@link Side}'s class and the number of threads. */
    public static void main(String[] args) throws Exception {
        // Libraries may print; the answers have stdout for themselves.
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        var side =
                Class.forName(args[0]).asSubclass(Side.class).getConstructor().newInstance();
        side.start(Integer.parseInt(args[1]));
        var main = new SideMain(side);
        var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = requests.readLine(); line != null; line = requests.readLine()) {
            answers.println(main.answer(line.split(" ", -1)));
        }
        // Not a return: a native library's threads may outlive main.
        System.exit(0);
    }

    private String answer(String[] request) throws IOException {
        return switch (request[0]) {
            case "prepare" -> {
                var task = side.prepare(Work.parse(request[2]), request[3]);
                tasks.put(request[1], task);
                yield Long.toString(nanos(task));
            }
            case "time" -> time(task(request[1]), Long.parseLong(request[2]), Integer.parseInt(request[3]));
            case "result" ->
                Base64.getEncoder()
                        .encodeToString(Digest.of(task(request[1]).result()).bytes());
            case "drop" -> {
                tasks.remove(request[1]);
                yield "";
            }
            case "peak" -> FmaPeak.gflops() + " " + copy().gigabytesPerSecond();
            case "memory" -> peakResidentKiB() + " " + heapInUse();
            default -> throw new IllegalArgumentException("There is no request '" + request[0] + "'");
        };
    }

    private Task task(String id) {
        var task = tasks.get(id);
        if (task == null) {
            throw new IllegalStateException("Task " + id + " has not been prepared");
        }
        return task;
    }

    private CopyBandwidth copy() {
        if (copy == null) {
            copy = new CopyBandwidth();
        }
        return copy;
    }

    private static String time(Task task, long nanos, int runs) {
        var times = new ArrayList<String>();
        long total = 0;
        while (total < nanos || times.size() < runs) {
            long time = nanos(task);
            times.add(Long.toString(time));
            total += time;
        }
        return String.join(" ", times);
    }

    private static long nanos(Task task) {
        long start = System.nanoTime();
        task.run();
        return System.nanoTime() - start;
    }

    /** The kernel's own figure where there is one, else 0. */
    private static long peakResidentKiB() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static long heapInUse() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
