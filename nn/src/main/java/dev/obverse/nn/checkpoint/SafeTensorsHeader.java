package dev.obverse.nn.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.obverse.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a safetensors file, checked so thoroughly that the data can be read without another thought: eight
 * bytes with the header's length, then JSON {@code {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ...}},
 * then the data, which the tensors cover without overlap or hole.
 *
 * @param dataAt where the data begins in the file
 */
record SafeTensorsHeader(Map<String, String> metadata, Map<String, SafeTensors.Entry> entries, long dataAt) {
    /** The format's own limit. */
    static final int LONGEST = 100_000_000;

    static final String METADATA = "__metadata__";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static SafeTensorsHeader read(Path file, FileChannel channel) throws IOException {
        long fileSize = channel.size();
        if (fileSize < 8) {
            throw invalid(file, "it has " + fileSize + " bytes, fewer than the 8 that give the header's length");
        }
        long length = fill(file, channel, 0, 8).getLong();
        if (length < 2 || length > LONGEST) {
            throw invalid(
                    file,
                    "its header would be " + Long.toUnsignedString(length) + " bytes long, which is not between 2 and "
                            + LONGEST + "; it may be another kind of file");
        }
        if (length > fileSize - 8) {
            throw invalid(
                    file,
                    "it is cut short: its header is " + length + " bytes long, but the file ends after "
                            + (fileSize - 8));
        }
        var root = parse(file, fill(file, channel, 8, (int) length));
        long dataSize = fileSize - 8 - length;
        var metadata = new LinkedHashMap<String, String>();
        var entries = new LinkedHashMap<String, SafeTensors.Entry>();
        for (var field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                readMetadata(file, field.getValue(), metadata);
            } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), dataSize));
            }
        }
        checkCoverage(file, entries, dataSize);
        return new SafeTensorsHeader(metadata, entries, 8 + length);
    }

    private static ByteBuffer fill(Path file, FileChannel channel, long from, int count) throws IOException {
        var bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        SafeTensors.readFully(file, channel, from, bytes);
        return bytes;
    }

    private static JsonNode parse(Path file, ByteBuffer bytes) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw invalid(file, "its header is not UTF-8 text; it may be another kind of file", e);
        }
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw invalid(file, "its header is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject() || text.charAt(0) != '{') {
            throw invalid(file, "its header is not a JSON object");
        }
        return root;
    }

    private static void readMetadata(Path file, JsonNode node, Map<String, String> metadata) throws IOException {
        if (!node.isObject()) {
            throw invalid(file, METADATA + " is not a JSON object");
        }
        for (var field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw invalid(file, METADATA + " maps '" + field.getKey() + "' to something that is not a string");
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
    }

    private static SafeTensors.Entry entry(Path file, String name, JsonNode node, long dataSize) throws IOException {
        var tensor = "tensor '" + name + "' ";
        var type = type(file, tensor, node.path("dtype"));
        var extents = integers(file, tensor + "has a shape", node.path("shape"));
        var offsets = integers(file, tensor + "has data_offsets", node.path("data_offsets"));
        Shape shape;
        try {
            shape = Shape.of(Arrays.stream(extents).mapToInt(Math::toIntExact).toArray());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw invalid(
                    file,
                    tensor + "has shape " + Arrays.toString(extents)
                            + ", which is negative or has 2^31 elements or more",
                    e);
        }
        if (offsets.length != 2) {
            throw invalid(file, tensor + "has " + offsets.length + " data_offsets instead of a begin and an end");
        }
        long begin = offsets[0];
        long end = offsets[1];
        var dtype = DType.of(type);
        long size = dtype == DType.UNKNOWN ? end - begin : (long) shape.size() * dtype.bytes();
        if (begin < 0 || end < begin || end - begin != size) {
            throw invalid(
                    file,
                    tensor + "is " + type + shape + (dtype == DType.UNKNOWN ? "" : " and needs " + size + " bytes")
                            + ", but its data_offsets are [" + begin + "," + end + "]");
        }
        if (end > dataSize) {
            throw invalid(
                    file,
                    tensor + "ends at byte " + end + " of the data, but the file has only " + dataSize
                            + " bytes of data: it is cut short, or its header is wrong");
        }
        return new SafeTensors.Entry(name, type, shape, begin, end);
    }

    /**
     * A type that is not known here is refused when the tensor is read: the others of the file may be all one wants.
     */
    private static String type(Path file, String tensor, JsonNode node) throws IOException {
        if (!node.isTextual()) {
            throw invalid(
                    file,
                    tensor + "has " + (node.isMissingNode() ? "no dtype" : "the dtype " + node)
                            + ", where a string is expected");
        }
        return node.textValue();
    }

    private static long[] integers(Path file, String what, JsonNode node) throws IOException {
        boolean good = node.isArray();
        var values = new long[node.size()];
        for (int i = 0; i < values.length && good; i++) {
            good = node.get(i).isIntegralNumber() && node.get(i).canConvertToLong();
            values[i] = node.get(i).longValue();
        }
        if (!good) {
            throw invalid(file, what + " that is not a list of whole numbers");
        }
        return values;
    }

    private static void checkCoverage(Path file, Map<String, SafeTensors.Entry> entries, long dataSize)
            throws IOException {
        var inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(SafeTensors.Entry::begin).thenComparingLong(SafeTensors.Entry::end));
        long covered = 0;
        SafeTensors.@Nullable Entry last = null;
        for (var entry : inOrder) {
            if (last != null && entry.begin() < covered) {
                throw invalid(
                        file,
                        "tensors '" + last.name() + "' and '" + entry.name() + "' overlap at byte " + entry.begin()
                                + " of the data");
            }
            if (entry.begin() > covered) {
                throw invalid(
                        file,
                        "bytes " + covered + " to " + entry.begin() + " of the data, before tensor '" + entry.name()
                                + "', belong to no tensor");
            }
            covered = entry.end();
            last = entry;
        }
        if (covered < dataSize) {
            throw invalid(file, "the last " + (dataSize - covered) + " bytes of its data belong to no tensor");
        }
    }

    private static IOException invalid(Path file, String why) {
        return invalid(file, why, null);
    }

    private static IOException invalid(Path file, String why, @Nullable Throwable cause) {
        return new IOException(file + " is not a valid safetensors file: " + why, cause);
    }
}
