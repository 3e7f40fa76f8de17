package dev.obverse.nn.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;

/** Writes tensors to a safetensors file, as F32. */
public final class SafeTensorsWriter {
    /** Data begin at a multiple of this, so that other programs can map them into memory. */
    private static final int ALIGNMENT = 64;

    private SafeTensorsWriter() {}

    /**
     * Writes a file, or replaces it: whoever opens it sees all of the old content or all of the new, even after a
     * crash. Besides the tensors themselves, this needs memory for a copy of the largest one.
     *
     * @param tensors by name, written in the order of this map
     * @param metadata free text for whoever opens the file
     * @throws IllegalArgumentException if a tensor has the name the format reserves for metadata
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        var header = header(tensors, metadata);
        AtomicFile.write(file, channel -> {
            AtomicFile.writeFully(channel, header);
            var bytes = ByteBuffer.allocateDirect(SafeTensors.CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (var tensor : tensors.values()) {
                write(channel, tensor.toArray(), bytes);
            }
        });
    }

    private static ByteBuffer header(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        var json = SafeTensorsHeader.JSON;
        var root = json.createObjectNode();
        if (!metadata.isEmpty()) {
            metadata.forEach(root.putObject(SafeTensorsHeader.METADATA)::put);
        }
        long offset = 0;
        for (var tensor : tensors.entrySet()) {
            if (tensor.getKey().equals(SafeTensorsHeader.METADATA)) {
                throw new IllegalArgumentException("A tensor cannot be named " + SafeTensorsHeader.METADATA
                        + ": the safetensors format keeps that name for itself");
            }
            offset = describe(root.putObject(tensor.getKey()), tensor.getValue(), offset);
        }
        var text = json.writeValueAsBytes(root);
        int length = Math.ceilDiv(8 + text.length, ALIGNMENT) * ALIGNMENT - 8;
        if (length > SafeTensorsHeader.LONGEST) {
            throw new IllegalArgumentException("The names and metadata of " + tensors.size() + " tensors take " + length
                    + " bytes, but a safetensors header can have " + SafeTensorsHeader.LONGEST);
        }
        var bytes = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(text);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    private static long describe(ObjectNode node, Tensor tensor, long begin) {
        long end = begin + 4L * tensor.size();
        node.put("dtype", DType.F32.name());
        var shape = node.putArray("shape");
        for (int extent : tensor.shape().toArray()) {
            shape.add(extent);
        }
        node.putArray("data_offsets").add(begin).add(end);
        return end;
    }

    private static void write(FileChannel channel, float[] values, ByteBuffer bytes) throws IOException {
        for (int done = 0; done < values.length; ) {
            int count = Math.min(SafeTensors.CHUNK / 4, values.length - done);
            bytes.clear();
            bytes.asFloatBuffer().put(values, done, count);
            AtomicFile.writeFully(channel, bytes.limit(4 * count));
            done += count;
        }
    }
}
