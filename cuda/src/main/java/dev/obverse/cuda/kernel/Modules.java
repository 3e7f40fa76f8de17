package dev.obverse.cuda.kernel;

import dev.obverse.cuda.device.Card;
import java.util.HashMap;
import java.util.Map;

/** The compiled kernel files, each compiled and loaded when one of its kernels is first asked for. */
public final class Modules {
    /** Makes machine code out of a kernel file. */
    @FunctionalInterface
    public interface Compiler {
        byte[] compile(KernelFile file, String architecture);
    }

    private final Compiler compiler;
    private final Map<KernelFile, Map<String, Long>> loaded = new HashMap<>();

    public Modules(Compiler compiler) {
        this.compiler = compiler;
    }

    /** The card's handle of a kernel. */
    long function(Card card, String kernel) {
        var functions = loaded.computeIfAbsent(KernelFile.of(kernel), file -> load(card, file));
        var function = functions.get(kernel);
        if (function == null) {
            throw new IllegalArgumentException("There is no kernel '" + kernel + "'");
        }
        return function;
    }

    private Map<String, Long> load(Card card, KernelFile file) {
        var names = file.kernels().toArray(String[]::new);
        var handles = card.load(compiler.compile(file, card.architecture()), names);
        var functions = new HashMap<String, Long>();
        for (int i = 0; i < names.length; i++) {
            functions.put(names[i], handles[i]);
        }
        return functions;
    }
}
