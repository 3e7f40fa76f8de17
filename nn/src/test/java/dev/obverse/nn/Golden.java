package dev.obverse.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** What PyTorch computed, from {@code golden.json}; see {@code src/test/python/golden.py}. */
public record Golden(JsonNode json) {
    public static Golden of(String name) {
        try (var in = Objects.requireNonNull(Golden.class.getResourceAsStream("golden.json"), "golden.json")) {
            return new Golden(new ObjectMapper().readTree(in).required(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public double[] numbers(String field) {
        return numbers(json.required(field));
    }

    public double[] numbers(String field, int index) {
        return numbers(json.required(field).required(index));
    }

    public int[] integers(String field) {
        return StreamSupport.stream(json.required(field).spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    public double number(String field) {
        return json.required(field).asDouble();
    }

    public static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    public static Tensor reference(double[] values, int... extents) {
        return Tensor.of(Device.reference(), values, Shape.of(extents));
    }

    /** Compares absolutely, and relatively where values are larger than 1. */
    public static void assertClose(double[] expected, double[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertEquals(expected[i], actual[i], tolerance * Math.max(1, Math.abs(expected[i])), () -> "element " + at);
        }
    }
}
