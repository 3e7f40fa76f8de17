package dev.obverse.nn.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a PyTorch file ({@code torch.save}), by name: the zip format of PyTorch 1.6 and later, and the one
 * before it. Dictionaries in dictionaries become paths with dots: {@code model_state_dict.fc1.weight}.
 *
 * <p>These files hold a Python program. None of it is executed: {@link Pickle} reads it as data, and a file that wants
 * anything but tensors and plain values put together is refused.
 */
public final class PyTorchFile {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    /** PyTorch's names of its storage classes. */
    private static final Map<String, DType> STORAGES = Map.ofEntries(
            Map.entry("FloatStorage", DType.F32),
            Map.entry("DoubleStorage", DType.F64),
            Map.entry("HalfStorage", DType.F16),
            Map.entry("BFloat16Storage", DType.BF16),
            Map.entry("LongStorage", DType.I64),
            Map.entry("IntStorage", DType.I32),
            Map.entry("ShortStorage", DType.I16),
            Map.entry("CharStorage", DType.I8),
            Map.entry("ByteStorage", DType.U8),
            Map.entry("BoolStorage", DType.BOOL));

    private final Path file;
    private final SequencedMap<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Storage> storages = new HashMap<>();
    private long steps;

    private PyTorchFile(Path file) {
        this.file = file;
    }

    /** Memory that tensors are views of; its data may be found only after them. */
    static final class Storage {
        final DType dtype;
        final long elements;

        @Nullable
        ByteBuffer data;

        Storage(DType dtype, long elements) {
            this.dtype = dtype;
            this.elements = elements;
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException in one sentence that names the file and what is wrong with it
     */
    public static PyTorchFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        var result = new PyTorchFile(file);
        try {
            result.steps = Files.size(file);
            var root = isZip(file) ? result.readZip() : result.readLegacy();
            for (var storage : result.storages.entrySet()) {
                if (storage.getValue().data == null) {
                    throw result.invalid("its tensor data " + storage.getKey() + " are missing");
                }
            }
            result.collect("", root, 0);
            return result;
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new IOException(file + " is not a valid PyTorch file: " + e.getMessage(), e);
        }
    }

    public Path file() {
        return file;
    }

    /** The tensors by name, in the file's order. */
    public SequencedMap<String, StoredTensor> tensors() {
        return Collections.unmodifiableSequencedMap(tensors);
    }

    private static boolean isZip(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(4), new byte[] {'P', 'K', 3, 4});
        }
    }

    private @Nullable Object readZip() throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            var pickle = zip.stream()
                    .filter(e -> e.getName().endsWith("data.pkl"))
                    .findFirst()
                    .orElseThrow(() -> invalid("it is a zip archive without a data.pkl"));
            var folder = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
            var order = zip.getEntry(folder + "byteorder");
            if (order != null && new String(content(zip, order).array(), StandardCharsets.US_ASCII).startsWith("big")) {
                throw invalid("its numbers are big-endian, which is not supported");
            }
            var root = pickle(content(zip, pickle));
            for (var entry : storages.entrySet()) {
                var data = zip.getEntry(folder + "data/" + entry.getKey());
                if (data == null) {
                    throw invalid("its tensor data " + entry.getKey() + " are missing");
                }
                fill(entry.getKey(), entry.getValue(), content(zip, data));
            }
            return root;
        }
    }

    /** PyTorch does not compress, so that an entry is never larger than the file. */
    private ByteBuffer content(ZipFile zip, ZipEntry entry) throws IOException {
        long size = entry.getSize();
        if (size < 0 || size > Files.size(file) || size > Integer.MAX_VALUE - 8) {
            throw invalid("its part " + entry.getName() + " has " + size + " bytes, more than the file can hold");
        }
        try (var in = zip.getInputStream(entry)) {
            var bytes = in.readNBytes((int) size);
            if (bytes.length != size) {
                throw invalid("its part " + entry.getName() + " is cut short");
            }
            return ByteBuffer.wrap(bytes);
        }
    }

    private @Nullable Object readLegacy() throws IOException {
        ByteBuffer bytes;
        try (var channel = FileChannel.open(file)) {
            if (channel.size() > Integer.MAX_VALUE - 8) {
                throw invalid("it is in the old format and larger than 2 GB; save it anew with PyTorch 1.6 or later");
            }
            bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until all is read
            }
            bytes.flip();
        }
        if (bytes.limit() < 2 || (bytes.get(0) & 0xFF) != 0x80 || !MAGIC.equals(pickle(bytes))) {
            throw invalid("it begins neither as a zip archive nor as PyTorch's old format");
        }
        if (!Long.valueOf(PROTOCOL).equals(pickle(bytes))) {
            throw invalid("its protocol is not " + PROTOCOL);
        }
        pickle(bytes); // facts about the machine
        var root = pickle(bytes);
        if (!(pickle(bytes) instanceof List<?> keys)) {
            throw invalid("the list of its storages is missing");
        }
        for (var key : keys) {
            var storage = storages.get(String.valueOf(key));
            if (storage == null || bytes.remaining() < 8 || bytes.getLong() != storage.elements) {
                throw invalid("its tensor data " + key + " do not fit to its description");
            }
            long size = storage.elements * storage.dtype.bytes();
            if (size > bytes.remaining()) {
                throw invalid("its tensor data " + key + " are cut short");
            }
            fill(String.valueOf(key), storage, bytes.slice(bytes.position(), (int) size));
            bytes.position(bytes.position() + (int) size);
        }
        return root;
    }

    private void fill(String key, Storage storage, ByteBuffer data) throws IOException {
        if (storage.elements * storage.dtype.bytes() != data.remaining()) {
            throw invalid("its tensor data " + key + " have " + data.remaining() + " bytes, but should have "
                    + storage.elements + " numbers of type " + storage.dtype);
        }
        storage.data = data.order(ByteOrder.LITTLE_ENDIAN);
    }

    private @Nullable Object pickle(ByteBuffer bytes) throws IOException {
        try {
            return Pickle.read(bytes, new Torch());
        } catch (IOException e) {
            throw new IOException(file + " is not a valid PyTorch file: " + e.getMessage(), e);
        }
    }

    private IOException invalid(String why) {
        return new IOException(file + " is not a valid PyTorch file: " + why);
    }

    /** The few functions that state dictionaries are made with. */
    private final class Torch implements Pickle.Meaning {
        @Override
        public @Nullable Object call(Pickle.Global function, List<@Nullable Object> arguments) throws IOException {
            return switch (function.name()) {
                case "collections.OrderedDict" -> new LinkedHashMap<String, @Nullable Object>();
                case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
                case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
                    arguments.isEmpty() ? null : arguments.getFirst();
                case "torch.Size", "builtins.set", "__builtin__.set", "torch.device" -> arguments;
                default ->
                    throw new IOException("it wants to call " + function.name()
                            + ", but only tensors and plain values are read; save the state_dict() alone");
            };
        }

        /** {@code ('storage', class, key, place, number of elements[, view])}. */
        @Override
        public @Nullable Object persistent(@Nullable Object id) throws IOException {
            if (!(id instanceof List<?> parts)
                    || parts.size() < 5
                    || !(parts.get(1) instanceof Pickle.Global type)
                    || !(parts.get(4) instanceof Long elements)) {
                throw new IOException("a reference to tensor data has an unknown form");
            }
            var name = type.name().substring(type.name().lastIndexOf('.') + 1);
            var dtype = type.name().startsWith("torch.") ? STORAGES.get(name) : null;
            if (dtype == null) {
                throw new IOException("tensor data of the kind " + type.name() + " are not supported");
            }
            if (elements < 0 || elements > Integer.MAX_VALUE) {
                throw new IOException("tensor data would have " + elements + " elements");
            }
            return storages.computeIfAbsent(String.valueOf(parts.get(2)), _ -> new Storage(dtype, elements));
        }

        /** {@code (storage, offset, extents, strides, ..)}. */
        private StoredTensor tensor(List<@Nullable Object> arguments) throws IOException {
            if (arguments.size() < 4
                    || !(arguments.get(0) instanceof Storage storage)
                    || !(arguments.get(1) instanceof Long offset)) {
                throw new IOException("a tensor is described in an unknown way");
            }
            var extents = longs(arguments.get(2));
            var strides = longs(arguments.get(3));
            return StoredTensor.view(storage, offset, extents, strides);
        }

        private static long[] longs(@Nullable Object list) throws IOException {
            if (!(list instanceof List<?> values) || !values.stream().allMatch(Long.class::isInstance)) {
                throw new IOException("a tensor's shape or strides are not whole numbers");
            }
            return values.stream().mapToLong(v -> (Long) v).toArray();
        }
    }

    /** Names every tensor within dictionaries and lists. A structure that contains itself has no names. */
    private void collect(String path, @Nullable Object value, int depth) throws IOException {
        if (depth > 64 || steps-- < 0) {
            throw invalid("its dictionaries contain each other without end");
        }
        switch (value) {
            case StoredTensor tensor -> tensors.put(path, tensor);
            case Map<?, ?> map -> {
                for (var entry : map.entrySet()) {
                    collect(join(path, String.valueOf(entry.getKey())), entry.getValue(), depth + 1);
                }
            }
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    collect(join(path, String.valueOf(i)), list.get(i), depth + 1);
                }
            }
            case null, default -> {
                // settings and counters
            }
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
