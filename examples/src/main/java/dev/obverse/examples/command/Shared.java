package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.backend.cpu.Workers;
import dev.obverse.drn.data.DataException;
import dev.obverse.tensor.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that every command has, and where its words go. */
public final class Shared {
    private static final String NAME = "shared";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "What the command writes: a folder, unless it says a file.")
    private @Nullable Path out;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Decides all random numbers (1).")
    private long seed;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            converter = DeviceName.class,
            description = "Where to compute: cpu, cuda:0, cuda:1, ... or reference, the slow float64 oracle (cpu)")
    @SuppressWarnings("NullAway.Init")
    private Device device;

    @Option(names = "--json", description = "Print one JSON object as the last line of stdout, all else on stderr.")
    private boolean json;

    @Option(names = "--verbose", description = "Show the stack trace of an error.")
    private boolean verbose;

    /** Reads {@code --device}. */
    static final class DeviceName implements CommandLine.ITypeConverter<Device> {
        @Override
        public Device convert(String value) {
            try {
                return Device.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(ErrorSentence.of(e));
            }
        }
    }

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads to compute with; results do not depend on it (all cores).")
    void setThreads(int threads) {
        if (threads < 1) {
            throw usage("--threads must be at least 1, not " + threads);
        }
        Workers.setThreads(threads);
        // What else runs in parallel, such as drawing faces, uses Java's common pool, which reads this once.
        System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", Integer.toString(threads));
    }

    /** The shared options of a command. */
    public static Shared of(CommandLine command) {
        var mixin = command.getMixins().get(NAME);
        return mixin instanceof Shared shared ? shared : new Shared();
    }

    public boolean verbose() {
        return verbose;
    }

    long seed() {
        return seed;
    }

    /** The device, which is opened: a device that cannot be used should fail before hours of other work. */
    Device device() {
        device.backend();
        return device;
    }

    boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** {@code --out}, or null. */
    @Nullable
    Path out() {
        return out;
    }

    /** {@code --out} or a default, made and known to be writable. */
    Path outOr(String otherwise) throws IOException {
        return writable(out == null ? Path.of(otherwise) : out);
    }

    static Path writable(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".obverse", ".part"));
            return folder;
        } catch (IOException e) {
            throw new DataException(
                    "cannot write into the folder " + folder + " ("
                            + e.getClass().getSimpleName() + "): choose another" + " --out or change its permissions",
                    e);
        }
    }

    /** Wrong usage, exit code 2. */
    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Makes something out of options; what it refuses is wrong usage. */
    <T> T checked(Supplier<T> make) {
        try {
            return make.get();
        } catch (IllegalArgumentException e) {
            throw usage(ErrorSentence.of(e));
        }
    }

    /** Words for people: stdout, or stderr if stdout is for a program. */
    PrintWriter words() {
        return json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    }

    void say(String words) {
        words().println(words);
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** What a program reads. */
    void result(Supplier<ObjectNode> object) {
        if (json) {
            spec.commandLine().getOut().println(object.get());
        }
    }

    Progress progress(String task, long total, String unit) {
        return new Progress(err(), task, total, unit);
    }
}
