package dev.obverse.benchmarks.work;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One thing to measure, the same for every library: a record of its extents.
 *
 * <p>Its {@link #code} names it between processes and in the guard's baseline.
 */
public sealed interface Work
        permits AdamWork,
                BatchNormWork,
                ConcatWork,
                ConvWork,
                GemmWork,
                LeakyReluWork,
                LinearWork,
                MaxPoolWork,
                RecogniserWork,
                StepWork,
                TraceWork,
                UpWork {

    /** Direction of a layer's kernel. */
    enum Direction {
        FORWARD,
        INPUT_GRADIENT,
        WEIGHT_GRADIENT;

        String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** The row's name in the table. */
    String title();

    /** Floating-point operations, a multiply-add counting as two; 0 where memory is the bound. */
    double flops();

    /** Bytes that must at least be read or written; 0 where arithmetic is the bound. */
    double bytes();

    /** This library's way to do it. */
    Task ours();

    /** Does it get a process of its own, so that its memory and its start are its own? */
    default boolean ownProcess() {
        return false;
    }

    /** The largest difference between two libraries' results that rounding may explain, as a share of their size. */
    default double tolerance() {
        return 1e-3;
    }

    /** For instance {@code conv:FORWARD:8:128:64:64}: the family, then the record's components. */
    default String code() {
        var type = getClass();
        return family()
                + Arrays.stream(type.getRecordComponents())
                        .map(c -> {
                            try {
                                return ":" + c.getAccessor().invoke(this);
                            } catch (ReflectiveOperationException e) {
                                throw new IllegalStateException("Cannot read " + c, e);
                            }
                        })
                        .collect(Collectors.joining());
    }

    /** For instance {@code conv}. */
    default String family() {
        var name = getClass().getSimpleName();
        return name.substring(0, name.length() - "Work".length()).toLowerCase(Locale.ROOT);
    }

    /** Reads what {@link #code} wrote. */
    static Work parse(String code) {
        var part = code.split(":", -1);
        return switch (part[0]) {
            case "adam" -> new AdamWork(number(part, 1));
            case "batchnorm" ->
                new BatchNormWork(Boolean.parseBoolean(part[1]), number(part, 2), number(part, 3), number(part, 4));
            case "concat" -> new ConcatWork(number(part, 1), number(part, 2), number(part, 3));
            case "conv" ->
                new ConvWork(
                        Direction.valueOf(part[1]), number(part, 2), number(part, 3), number(part, 4), number(part, 5));
            case "gemm" -> new GemmWork(number(part, 1));
            case "leakyrelu" ->
                new LeakyReluWork(Boolean.parseBoolean(part[1]), number(part, 2), number(part, 3), number(part, 4));
            case "linear" ->
                new LinearWork(Boolean.parseBoolean(part[1]), number(part, 2), number(part, 3), number(part, 4));
            case "maxpool" ->
                new MaxPoolWork(Boolean.parseBoolean(part[1]), number(part, 2), number(part, 3), number(part, 4));
            case "recogniser" -> new RecogniserWork(number(part, 1), code.split(":", 3)[2]);
            case "step" -> new StepWork(number(part, 1), number(part, 2), number(part, 3));
            case "trace" -> new TraceWork(number(part, 1), number(part, 2), number(part, 3));
            case "up" ->
                new UpWork(
                        Direction.valueOf(part[1]), number(part, 2), number(part, 3), number(part, 4), number(part, 5));
            default -> throw new IllegalArgumentException("There is no work '" + code + "'");
        };
    }

    private static int number(String[] part, int index) {
        return Integer.parseInt(part[index]);
    }
}
