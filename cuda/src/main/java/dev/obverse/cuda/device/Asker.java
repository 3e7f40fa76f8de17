package dev.obverse.cuda.device;

import java.util.Set;

/** Who asked for memory: the op, or else the first caller outside of the machinery between tensors and cards. */
final class Asker {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final Set<String> MACHINERY =
            Set.of("dev.obverse.tensor.op.Call", "dev.obverse.tensor.op.Strides", "dev.obverse.tensor.BackwardPass");

    private Asker() {}

    /** For people: {@code Conv2d.backward}, {@code Adam.update}. */
    static String find() {
        return WALKER.walk(frames -> frames.filter(f -> !machinery(f.getClassName()))
                .findFirst()
                .map(f -> simple(f.getClassName()) + "." + f.getMethodName())
                .orElse("the library"));
    }

    private static boolean machinery(String name) {
        return name.startsWith("dev.obverse.cuda.")
                || name.startsWith("java.")
                || name.startsWith("jdk.")
                || name.matches("dev\\.obverse\\.tensor\\.Tensor.*")
                || MACHINERY.contains(name);
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
