package dev.obverse.cuda.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The CUDA sources, resources beside this class. */
public enum KernelFile {
    ELEMENTWISE,
    MOVE,
    REDUCE,
    NORM,
    POOL,
    RESAMPLE,
    OPTIMIZER,
    CONV;

    private final String text = read("prelude.cuh") + "\n#line 1 \"" + fileName() + "\"\n" + read(fileName());

    /** {@code reduce.cu}. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT) + ".cu";
    }

    /** The whole source, prelude included. */
    public String text() {
        return text;
    }

    /** Names of the kernels in it. */
    public List<String> kernels() {
        var names = new TreeSet<String>();
        for (var macro : Macro.values()) {
            macro.use.matcher(text).results().forEach(m -> {
                for (var name : macro.names.split(" ", -1)) {
                    names.add(name.formatted(m.group(1)));
                }
            });
        }
        return List.copyOf(names);
    }

    /** The file that has a kernel. */
    static KernelFile of(String kernel) {
        for (var file : values()) {
            if (file.kernels().contains(kernel)) {
                return file;
            }
        }
        throw new IllegalArgumentException("There is no kernel '" + kernel + "'");
    }

    /** The macros by which the sources define kernels, and the names these get. */
    private enum Macro {
        KERNEL("KERNEL (\\w+)\\(", "%s"),
        UNARY("UNARY\\((\\w+),", "unary_%s gradient_%s"),
        BINARY("BINARY\\((\\w+),", "dense_%s strided_%s"),
        COPY("COPY\\((\\w+),", "%s"),
        PARTIAL("PARTIAL\\((\\w+),", "%s_rows %s_columns");

        private final Pattern use;
        private final String names;

        Macro(String use, String names) {
            this.use = Pattern.compile("^" + use, Pattern.MULTILINE);
            this.names = names;
        }
    }

    private static String read(String name) {
        try (var stream = KernelFile.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The resource " + name + " is missing beside " + KernelFile.class);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
