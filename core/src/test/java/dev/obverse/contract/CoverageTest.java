package dev.obverse.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Binary;
import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.Unary;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Recording;
import dev.obverse.tensor.op.Op;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing is added to the library without a case: what the catalogue exercises is compared with what there is. */
class CoverageTest {
    private final Set<Object> functions = new HashSet<>();
    private final Set<String> kernels = new TreeSet<>();
    private final Backend watched = Intercepted.backend(Device.cpu().backend(), (family, kernel, arguments) -> {
        kernels.add(name(kernel));
        for (var argument : arguments) {
            if (argument instanceof Unary f) {
                functions.add(f.kind());
            } else if (argument instanceof Binary f) {
                functions.add(f);
            }
        }
        return Intercepted.invoke(family, kernel, arguments);
    });

    @Test
    void everyOpHasACaseAndASmoothSmallOne() {
        var recorded = new HashSet<Class<?>>();
        var differentiated = new HashSet<Class<?>>();
        for (var c : OpCatalogue.ops()) {
            var ops = Recording.ops(
                    c.function().apply(Run.leaves(c, Device.reference().backend())));
            recorded.addAll(ops);
            if (GradientsTest.checked(c)) {
                differentiated.addAll(ops);
            }
        }
        var all = Set.of(Op.class.getPermittedSubclasses());
        assertEquals(all, recorded, "ops that have a case");
        assertEquals(all, differentiated, "ops whose gradient is compared with central differences");
    }

    @Test
    void everyKernelAndFunctionHasACase() {
        for (var c : OpCatalogue.ops()) {
            if (c.size() < 2000) {
                Run.of(c, watched);
            }
        }
        for (var c : OpCatalogue.kernels()) {
            var _ = c.run().apply(watched);
        }
        var families = Arrays.stream(Backend.class.getMethods())
                .map(Method::getReturnType)
                .filter(Class::isInterface);
        var all = new TreeSet<String>();
        Stream.concat(families, Stream.of(OuterProductKernels.class))
                .flatMap(family -> Arrays.stream(family.getMethods()))
                .forEach(kernel -> all.add(name(kernel)));
        assertEquals(all, kernels, "kernels that have a case");
        var allFunctions = new HashSet<Object>();
        Stream.of(Unary.Kind.values(), Binary.values()).forEach(kinds -> allFunctions.addAll(Arrays.asList(kinds)));
        assertEquals(allFunctions, functions, "functions that have a case");
    }

    private static String name(Method kernel) {
        return kernel.getDeclaringClass().getSimpleName()
                + "." + kernel.getName()
                + Arrays.toString(kernel.getParameterTypes());
    }
}
