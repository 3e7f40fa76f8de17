package dev.obverse.examples;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/**
 * What the {@code obverse} script starts: puts stderr back, then calls {@link Main}.
 *
 * <p>The JVM prints a warning about its incubator modules before any class of ours is loaded. The script therefore
 * starts it with stderr closed off and the real one as the descriptor that {@code OBVERSE_STDERR} names; POSIX's
 * {@code dup2} makes that one the process's stderr again, for Java and for everything else in it.
 */
final class Start {
    private static final int STDERR = 2;

    private Start() {}

    public static void main(String[] args) throws Throwable {
        var kept = System.getenv("OBVERSE_STDERR");
        if (kept != null) {
            putBackStderr(Integer.parseInt(kept));
        }
        Main.main(args);
    }

    @SuppressWarnings("restricted")
    private static void putBackStderr(int descriptor) throws Throwable {
        var linker = Linker.nativeLinker();
        var dup2 = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dup2"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        int result = (int) dup2.invokeExact(descriptor, STDERR);
        if (result != STDERR) {
            throw new IllegalStateException("dup2(" + descriptor + ", 2) answered " + result);
        }
    }
}
