package dev.obverse.examples.command;

import dev.obverse.backend.Backend;
import dev.obverse.backend.MemoryKernels;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Device;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs every kernel twice, on a trusted backend and on one in question, from the same input bits, and keeps how far the
 * results are apart. What is computed next goes on from the trusted results, so a difference belongs to its own kernel.
 */
final class ParityBackend {
    /**
     * A result is compared relative to its largest value, or to this part of the largest of all the kernel's arrays: of
     * a sum whose terms cancel, only rounding is left.
     */
    private static final double CANCELLED = 0.1;

    /** All calls of one kernel with one shape, and the largest difference of their results. */
    record Comparison(String family, String kernel, String shape, int calls, double difference) {}

    private static final class Pair extends Storage {
        final Storage trusted;
        final Storage questioned;

        Pair(Storage trusted, Storage questioned, int length) {
            super(length);
            this.trusted = trusted;
            this.questioned = questioned;
        }
    }

    private final Backend trusted;
    private final Backend questioned;
    private final Map<List<String>, Comparison> comparisons = new LinkedHashMap<>();
    private final Map<Class<?>, Object> families = new HashMap<>();

    ParityBackend(Backend trusted, Backend questioned) {
        this.trusted = trusted;
        this.questioned = questioned;
    }

    /** What was compared so far, in the order of the first calls. */
    List<Comparison> comparisons() {
        return List.copyOf(comparisons.values());
    }

    /** The pair of backends as one, which calls itself {@code device}. */
    Backend as(Device device) {
        return proxy(Backend.class, (_, method, arguments) -> {
            if (method.getReturnType() == Device.class) {
                return device;
            }
            if (!method.getReturnType().isInterface()) {
                return call(method, questioned, arguments);
            }
            return families.computeIfAbsent(method.getReturnType(), type -> family(type, method));
        });
    }

    private Object family(Class<?> type, Method method) {
        try {
            var one = call(method, trusted, null);
            var other = call(method, questioned, null);
            return proxy(type, (_, kernel, arguments) -> kernel(type, kernel, one, other, arguments));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Method method, Object target, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private @Nullable Object kernel(Class<?> type, Method method, Object one, Object other, Object[] arguments)
            throws Throwable {
        if (type == MemoryKernels.class) {
            return memory(method, arguments);
        }
        var pairs = Arrays.stream(arguments)
                .flatMap(a -> a instanceof List<?> blocks ? blocks.stream() : Stream.of(a))
                .filter(Pair.class::isInstance)
                .map(Pair.class::cast)
                .distinct()
                .toList();
        for (var pair : pairs) {
            questioned.memory().write(values(trusted, pair.trusted), pair.questioned);
        }
        var expected = call(method, one, side(arguments, true));
        var actual = call(method, other, side(arguments, false));
        double difference = expected == null ? 0 : difference(expected, actual);
        var results = pairs.stream().map(pair -> values(trusted, pair.trusted)).toList();
        double least = CANCELLED
                * results.stream().mapToDouble(ParityBackend::largest).max().orElse(0);
        for (int i = 0; i < pairs.size(); i++) {
            var questionable = values(questioned, pairs.get(i).questioned);
            difference = Math.max(difference, difference(results.get(i), questionable, least));
        }
        note(type, method, arguments, difference);
        return expected;
    }

    private @Nullable Object memory(Method method, Object[] arguments) throws Throwable {
        if (method.getReturnType() == Storage.class) {
            return switch (arguments[0]) {
                case Integer length ->
                    new Pair(
                            trusted.memory().allocate(length),
                            questioned.memory().allocate(length),
                            length);
                case float[] values ->
                    new Pair(trusted.memory().adopt(values), questioned.memory().adopt(values.clone()), values.length);
                default -> throw new IllegalArgumentException("no block is made from " + arguments[0]);
            };
        }
        if (!method.getName().equals("read")) {
            call(method, questioned.memory(), side(arguments, false));
        }
        return call(method, trusted.memory(), side(arguments, true));
    }

    private static Object[] side(Object[] arguments, boolean trusted) {
        return Arrays.stream(arguments).map(a -> side(a, trusted)).toArray();
    }

    /** An argument for one of the two backends; a block may be one of a list. */
    private static @Nullable Object side(@Nullable Object argument, boolean trusted) {
        return switch (argument) {
            case Pair pair -> trusted ? pair.trusted : pair.questioned;
            case List<?> blocks -> blocks.stream().map(b -> side(b, trusted)).toList();
            case null, default -> argument;
        };
    }

    private static double[] values(Backend backend, Storage storage) {
        var values = new double[storage.length()];
        backend.memory().read(storage, values);
        return values;
    }

    private static double difference(Object expected, Object actual) {
        return switch (expected) {
            case int[] indices -> Arrays.equals(indices, (int[]) actual) ? 0 : Double.POSITIVE_INFINITY;
            case Double number -> difference(new double[] {number}, new double[] {(double) actual});
            case double[] values -> difference(values, (double[]) actual);
            default -> throw new IllegalArgumentException("a kernel returned " + expected);
        };
    }

    /** Largest difference over largest value; infinite where one is finite and the other is not. */
    static double difference(double[] expected, double[] actual) {
        return difference(expected, actual, 0);
    }

    /** Relative to at least {@code least}. */
    static double difference(double[] expected, double[] actual, double least) {
        double apart = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Double.compare((float) expected[i], (float) actual[i]) != 0) {
                double d = Math.abs(expected[i] - actual[i]);
                apart = Math.max(apart, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
            }
        }
        return apart / Math.max(Math.max(least, largest(expected)), Float.MIN_NORMAL);
    }

    private static double largest(double[] values) {
        return Arrays.stream(values)
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
    }

    private void note(Class<?> type, Method method, Object[] arguments, double difference) {
        var shape = Arrays.stream(arguments)
                .filter(a -> a != null && !(a instanceof Storage) && !(a instanceof List))
                .map(ParityBackend::text)
                .collect(Collectors.joining(" "));
        var family = type.getSimpleName().replace("Kernels", "");
        comparisons.merge(
                List.of(family, method.getName(), shape),
                new Comparison(family, method.getName(), shape, 1, difference),
                (a, b) ->
                        new Comparison(a.family, a.kernel, a.shape, a.calls + 1, Math.max(a.difference, b.difference)));
    }

    /** A record's numbers without their names; arrays by their content. */
    private static String text(Object argument) {
        if (argument instanceof int[] values) {
            return values.length > 8 ? values.length + " indices" : Arrays.toString(values);
        }
        if (argument instanceof Record r) {
            var parts = new ArrayList<String>();
            for (var component : r.getClass().getRecordComponents()) {
                try {
                    parts.add(text(component.getAccessor().invoke(r)));
                } catch (ReflectiveOperationException e) {
                    parts.add("?");
                }
            }
            return String.join(",", parts);
        }
        return String.valueOf(argument);
    }
}
