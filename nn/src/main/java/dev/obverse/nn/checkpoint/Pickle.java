package dev.obverse.nn.checkpoint;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Python's pickle format as far as weight files use it. A pickle is a program; this runs only the part that puts
 * data together. Names of Python functions and classes are data too, {@link Global}: nothing is looked up or called,
 * the caller says what a {@code REDUCE} of a known name means and everything else is refused.
 *
 * <p>Results are {@code Long}, {@code BigInteger}, {@code Double}, {@code Boolean}, {@code String}, {@link Global},
 * {@link List} (also for tuples), {@link Map} with keys as text, null, {@code byte[]}, and what the caller makes. No
 * object is larger than the bytes that it was read from.
 */
final class Pickle {
    /** The name of a Python class or function, which stays a name. */
    record Global(String name) {}

    /** What names and persistent ids stand for. */
    interface Meaning {
        /** What calling {@code function} would make; throws for a function that is not known. */
        @Nullable
        Object call(Global function, List<@Nullable Object> arguments) throws IOException;

        /** What a reference to something outside of the pickle stands for. */
        @Nullable
        Object persistent(@Nullable Object id) throws IOException;
    }

    private static final Object MARK = new Object();

    private final ByteBuffer bytes;
    private final Meaning meaning;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final Map<Integer, @Nullable Object> memo = new HashMap<>();

    private Pickle(ByteBuffer bytes, Meaning meaning) {
        this.bytes = bytes;
        this.meaning = meaning;
    }

    /**
     * Reads one pickle from the buffer's position on, and leaves the position after it.
     *
     * @throws IOException saying what is wrong; it does not name the file
     */
    static @Nullable Object read(ByteBuffer bytes, Meaning meaning) throws IOException {
        var pickle = new Pickle(bytes.order(ByteOrder.LITTLE_ENDIAN), meaning);
        try {
            while (true) {
                int code = bytes.get() & 0xFF;
                if (code == '.') {
                    return pickle.pop();
                }
                pickle.run(code);
            }
        } catch (BufferUnderflowException e) {
            throw new IOException("its pickle is cut short", e);
        } catch (ClassCastException e) {
            throw new IOException("its pickle puts values of the wrong kind together", e);
        } catch (NumberFormatException e) {
            throw new IOException("its pickle has a number that is none", e);
        }
    }

    private void run(int code) throws IOException {
        switch (code) {
            case 0x80 -> bytes.get(); // PROTO
            case 0x95 -> bytes.getLong(); // FRAME
            case '(' -> push(MARK);
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(top());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) (bytes.get() & 0xFF));
            case 'M' -> push((long) (bytes.getShort() & 0xFFFF));
            case 'J' -> push((long) bytes.getInt());
            case 0x8A -> push(integer(bytes.get() & 0xFF));
            case 0x8B -> push(integer(bytes.getInt()));
            case 'I' -> push(textInteger(line()));
            case 'L' -> push(Long.parseLong(line().replaceAll("L$", "")));
            case 'F' -> push(Double.parseDouble(line()));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(bytes.getLong())));
            case 'X' -> push(text(bytes.getInt()));
            case 0x8C -> push(text(bytes.get() & 0xFF));
            case 0x8D -> push(text(length(bytes.getLong())));
            case 'V' -> push(line());
            case 'T' -> push(text(bytes.getInt()));
            case 'U' -> push(text(bytes.get() & 0xFF));
            case 'B' -> push(raw(bytes.getInt()));
            case 'C' -> push(raw(bytes.get() & 0xFF));
            case '}' -> push(new LinkedHashMap<String, @Nullable Object>());
            case 'd' -> putAll(new LinkedHashMap<>(), popMark());
            case ']', ')', 0x8F -> push(new ArrayList<@Nullable Object>());
            case 'l', 't' -> push(popMark());
            case 0x85 -> push(popped(1));
            case 0x86 -> push(popped(2));
            case 0x87 -> push(popped(3));
            case 'a' -> {
                var value = pop();
                list().add(value);
            }
            case 'e', 0x90 -> {
                var values = popMark();
                list().addAll(values);
            }
            case 's' -> {
                var pair = popped(2);
                put(map(), pair.get(0), pair.get(1));
            }
            case 'u' -> {
                var pairs = popMark();
                var map = map();
                pop();
                putAll(map, pairs);
            }
            case 'q' -> memo.put(bytes.get() & 0xFF, top());
            case 'r' -> memo.put(bytes.getInt(), top());
            case 'p' -> memo.put(Integer.parseInt(line()), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(remembered(bytes.get() & 0xFF));
            case 'j' -> push(remembered(bytes.getInt()));
            case 'g' -> push(remembered(Integer.parseInt(line())));
            case 'c' -> push(new Global(line() + "." + line()));
            case 0x93 -> {
                var names = popped(2);
                push(new Global(names.get(0) + "." + names.get(1)));
            }
            case 'R', 0x81 -> {
                var arguments = asList(pop());
                push(meaning.call((Global) known(pop()), arguments));
            }
            case 'Q' -> push(meaning.persistent(pop()));
            case 'P' -> push(meaning.persistent(line()));
            case 'b' -> {
                // An ordered dictionary has attributes besides its items, which say nothing about weights.
                pop();
                if (!(top() instanceof Map)) {
                    throw new IOException("its pickle sets the state of an object that is no dictionary");
                }
            }
            default ->
                throw new IOException("its pickle has the instruction 0x" + Integer.toHexString(code)
                        + ", which weights do not need");
        }
    }

    private void push(@Nullable Object value) {
        stack.add(value);
    }

    private @Nullable Object pop() throws IOException {
        top();
        return stack.removeLast();
    }

    private @Nullable Object top() throws IOException {
        if (stack.isEmpty() || stack.getLast() == MARK) {
            throw new IOException("its pickle takes a value from an empty stack");
        }
        return stack.getLast();
    }

    private List<@Nullable Object> popped(int count) throws IOException {
        var values = new ArrayList<@Nullable Object>();
        for (int i = 0; i < count; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    private List<@Nullable Object> popMark() throws IOException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new IOException("its pickle takes values from an empty stack");
        }
        var above = stack.subList(mark + 1, stack.size());
        var values = new ArrayList<@Nullable Object>(above);
        stack.subList(mark, stack.size()).clear();
        return values;
    }

    private static Object known(@Nullable Object value) throws IOException {
        if (value == null) {
            throw new IOException("its pickle uses None where a value must be");
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> asList(@Nullable Object value) throws IOException {
        return (List<@Nullable Object>) known(value);
    }

    private List<@Nullable Object> list() throws IOException {
        return asList(top());
    }

    @SuppressWarnings("unchecked")
    private Map<String, @Nullable Object> map() throws IOException {
        return (Map<String, @Nullable Object>) known(top());
    }

    private void putAll(Map<String, @Nullable Object> map, List<@Nullable Object> pairs) throws IOException {
        if (pairs.size() % 2 != 0) {
            throw new IOException("its pickle has a dictionary with a key without a value");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            put(map, pairs.get(i), pairs.get(i + 1));
        }
        push(map);
    }

    private static void put(Map<String, @Nullable Object> map, @Nullable Object key, @Nullable Object value)
            throws IOException {
        if (key instanceof List || key instanceof Map || key instanceof byte[]) {
            throw new IOException("its pickle has a dictionary whose keys are not text or numbers");
        }
        map.put(String.valueOf(key), value);
    }

    private @Nullable Object remembered(int index) throws IOException {
        if (!memo.containsKey(index)) {
            throw new IOException("its pickle refers to a value that it has not stored");
        }
        return memo.get(index);
    }

    private Object textInteger(String line) {
        return switch (line) {
            case "00" -> false;
            case "01" -> true;
            default -> Long.parseLong(line);
        };
    }

    private Object integer(int length) throws IOException {
        var digits = raw(length);
        for (int i = 0; i < length / 2; i++) {
            var swap = digits[i];
            digits[i] = digits[length - 1 - i];
            digits[length - 1 - i] = swap;
        }
        var value = length == 0 ? BigInteger.ZERO : new BigInteger(digits);
        if (value.bitLength() < 64) {
            return value.longValue();
        }
        return value;
    }

    private int length(long length) throws IOException {
        if (length < 0 || length > bytes.remaining()) {
            throw new IOException("its pickle is cut short");
        }
        return (int) length;
    }

    private byte[] raw(int length) throws IOException {
        var raw = new byte[length(length)];
        bytes.get(raw);
        return raw;
    }

    private String text(int length) throws IOException {
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        int from = bytes.position();
        while (bytes.get() != '\n') {
            // on to the end of the line
        }
        var line = new byte[bytes.position() - from - 1];
        bytes.get(from, line);
        return new String(line, StandardCharsets.UTF_8);
    }
}
