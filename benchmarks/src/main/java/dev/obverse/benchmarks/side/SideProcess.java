package dev.obverse.benchmarks.side;

import dev.obverse.benchmarks.work.Work;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A library's own process, seen from the one that compares. */
public final class SideProcess implements AutoCloseable {
    /** What the JVM says of its incubator modules, and no flag turns off. */
    private static final String INCUBATOR = "WARNING: Using incubator modules";

    private final Side side;
    private final long start = System.nanoTime();
    private final Process process;
    private final PrintStream requests;
    private final BufferedReader answers;
    private int tasks;

    public SideProcess(Side side, int threads) throws IOException {
        this.side = side;
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(side.jvmOptions(threads));
        command.addAll(List.of(SideMain.class.getName(), side.getClass().getName(), Integer.toString(threads)));
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(side.environment(threads));
        // Not as an argument: ONNX Runtime 1.29 crashes in a process whose command line is longer than 4 KiB.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        process = builder.start();
        requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(this::passOnErrors);
    }

    private void passOnErrors() {
        try (var lines = process.errorReader(StandardCharsets.UTF_8)) {
            lines.lines().filter(line -> !line.startsWith(INCUBATOR)).forEach(System.err::println);
        } catch (IOException | UncheckedIOException e) {
            // The process is gone, and with it what it had to say.
        }
    }

    /** Makes a work ready and does it once; the result names it. */
    public Prepared prepare(Work work, String setting) throws IOException {
        var id = Integer.toString(tasks++);
        ask("prepare " + id + " " + work.code() + " " + setting);
        return new Prepared(id, work, setting, (System.nanoTime() - start) * 1e-9);
    }

    /** FMA peak in GFLOP/s and copy rate in GB/s of this process's threads, now. */
    public double[] peak() throws IOException {
        return numbers(ask("peak"));
    }

    /** The most memory that has been resident so far, in MiB, and the heap in use after a collection, in MiB. */
    public double[] memory() throws IOException {
        var kib = numbers(ask("memory"));
        return new double[] {kib[0] / 1024, kib[1] / (1 << 20)};
    }

    private String ask(String request) throws IOException {
        requests.println(request);
        var answer = answers.readLine();
        if (answer == null) {
            throw new IOException(side.name() + " stopped while it was asked to " + request);
        }
        return answer;
    }

    private static double[] numbers(String answer) {
        return Arrays.stream(answer.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Override
    public void close() {
        requests.close();
        process.destroy();
    }

    /** A work that this process has made ready. */
    public final class Prepared {
        private final String id;
        private final Work work;
        private final String setting;
        private final double toFirst;

        private Prepared(String id, Work work, String setting, double toFirst) {
            this.id = id;
            this.work = work;
            this.setting = setting;
            this.toFirst = toFirst;
        }

        public String setting() {
            return setting;
        }

        /** Seconds from the process's start until it had done the work once. */
        public double secondsToFirst() {
            return toFirst;
        }

        public SideProcess process() {
            return SideProcess.this;
        }

        public String sideName() {
            return side.name();
        }

        /** Does the work for {@code seconds} and at least {@code runs} times; the nanoseconds of each run. */
        public double[] time(double seconds, int runs) throws IOException {
            return numbers(ask("time " + id + " " + (long) (seconds * 1e9) + " " + runs));
        }

        /** A digest of the result from shared inputs. */
        public Digest result() throws IOException {
            return Digest.of(Base64.getDecoder().decode(ask("result " + id)));
        }

        /** Lets the process forget the work. */
        public void drop() throws IOException {
            ask("drop " + id);
        }

        @Override
        public String toString() {
            return work.title() + " by " + side.name() + (setting.isEmpty() ? "" : ", " + setting);
        }
    }
}
