package dev.obverse.backend.cpu;

import java.util.Locale;

/** Whether the vector kernels can run. Kept apart from them: a class that touches a vector type could not load. */
final class VectorModule {
    static final String NAME = "jdk.incubator.vector";
    private static final String PROPERTY = "obverse.cpu";
    private static final System.Logger LOG = System.getLogger(VectorModule.class.getName());

    private VectorModule() {}

    static boolean present() {
        return ModuleLayer.boot().findModule(NAME).isPresent();
    }

    /** Whether to use the vector kernels: if they are there, unless the system property says otherwise. */
    static boolean chosen() {
        var wish = System.getProperty(PROPERTY, "").strip().toLowerCase(Locale.ROOT);
        return switch (wish) {
            case "" -> presentOrLog();
            case "scalar" -> false;
            case "simd" -> {
                if (!present()) {
                    throw new IllegalStateException("System property " + PROPERTY + " is simd, but module " + NAME
                            + " is not there: add --add-modules " + NAME + " to the java command");
                }
                yield true;
            }
            default ->
                throw new IllegalStateException(
                        "System property " + PROPERTY + " is '" + wish + "': it must be simd, scalar or absent");
        };
    }

    private static boolean presentOrLog() {
        if (!present()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "The CPU computes without SIMD, several times slower: add --add-modules {0} to the java command",
                    NAME);
        }
        return present();
    }
}
