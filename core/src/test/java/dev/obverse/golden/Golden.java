package dev.obverse.golden;

import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** One case of what PyTorch computed; {@code src/test/python/goldens.py} writes them and explains the two files. */
record Golden(String name, List<Array> arrays) {

    /** Numbers, and what they are: {@code input}, {@code seed}, {@code result} or {@code gradient}. */
    record Array(String kind, Shape shape, double[] values) {}

    List<Array> all(String kind) {
        return arrays.stream().filter(array -> array.kind.equals(kind)).toList();
    }

    Array only(String kind) {
        var found = all(kind);
        if (found.size() != 1) {
            throw new IllegalStateException(name + " has " + found.size() + " arrays of kind " + kind);
        }
        return found.get(0);
    }

    /** All cases by name. */
    static Map<String, Golden> load() {
        var index = new String(read("goldens.txt"), StandardCharsets.UTF_8);
        var numbers = ByteBuffer.wrap(read("goldens.bin")).order(ByteOrder.LITTLE_ENDIAN);
        var cases = new LinkedHashMap<String, Golden>();
        for (var line : index.lines().toList()) {
            var words = line.split(" ", -1);
            var golden = cases.computeIfAbsent(words[0], name -> new Golden(name, new ArrayList<>()));
            var shape = shape(words[2]);
            var values = new double[shape.size()];
            boolean narrow = words[1].equals("input") || words[1].equals("seed");
            for (int i = 0; i < values.length; i++) {
                values[i] = narrow ? numbers.getFloat() : numbers.getDouble();
            }
            golden.arrays.add(new Array(words[1], shape, values));
        }
        if (numbers.hasRemaining()) {
            throw new IllegalStateException("goldens.bin has " + numbers.remaining() + " bytes more than goldens.txt");
        }
        return cases;
    }

    private static Shape shape(String text) {
        return text.equals("-")
                ? Shape.of()
                : Shape.of(Stream.of(text.split("x", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    private static byte[] read(String file) {
        try (var in = Objects.requireNonNull(Golden.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
