package dev.obverse.cuda.library;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;

/**
 * An x86-64 shared library, as far as it must be read to make it ask for another major version of a library: the
 * dynamic section, its strings and its version needs. The layout is that of the System V ABI and of its GNU symbol
 * versions (Drepper, "How To Write Shared Libraries", 2011).
 */
public final class ElfFile {
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int DT_SONAME = 14;
    private static final int DT_RPATH = 15;
    private static final int DT_RUNPATH = 29;
    private static final int DT_HASH = 4;
    private static final int DT_VERDEF = 0x6ffffffc;
    private static final int DT_VERDEFNUM = 0x6ffffffd;
    private static final int DT_VERNEED = 0x6ffffffe;
    private static final int DT_VERNEEDNUM = 0x6fffffff;
    private static final int SHT_DYNSYM = 11;
    private static final int STB_WEAK = 2;

    private record Segment(long address, int offset, long size) {}

    private record Entry(int tag, long value) {}

    /** One version of a needed library: where its hash and its name's offset are stored. */
    private record Need(int position, int file, int name) {}

    private final ByteBuffer bytes;
    private final List<Segment> segments = new ArrayList<>();
    private final List<Entry> dynamic = new ArrayList<>();
    private final int strings;

    /**
     * Reads the header, not yet the symbols.
     *
     * @throws IllegalArgumentException if this is no 64-bit little-endian library
     */
    public ElfFile(byte[] content) {
        bytes = ByteBuffer.wrap(content.clone()).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length < 64 || bytes.getInt(0) != 0x464c457f || bytes.getShort(4) != 0x0102) {
            throw new IllegalArgumentException("not a 64-bit little-endian ELF file");
        }
        try {
            int table = (int) bytes.getLong(32);
            int size = bytes.getShort(54);
            for (int i = 0; i < bytes.getShort(56); i++) {
                readSegment(table + i * size);
            }
            strings = offset(value(DT_STRTAB));
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the ELF file is cut off", e);
        }
    }

    private void readSegment(int at) {
        int offset = (int) bytes.getLong(at + 8);
        long size = bytes.getLong(at + 32);
        switch (bytes.getInt(at)) {
            case PT_LOAD -> segments.add(new Segment(bytes.getLong(at + 16), offset, size));
            case PT_DYNAMIC -> {
                for (int p = offset; p < offset + size && bytes.getLong(p) != 0; p += 16) {
                    dynamic.add(new Entry((int) bytes.getLong(p), bytes.getLong(p + 8)));
                }
            }
            default -> {}
        }
    }

    /** The file's content as it is now. */
    public byte[] content() {
        return bytes.array().clone();
    }

    /** Names of the libraries it needs. */
    public List<String> needed() {
        return dynamic.stream()
                .filter(e -> e.tag == DT_NEEDED)
                .map(e -> string((int) e.value))
                .toList();
    }

    /** Names of the versions it needs of other libraries; fails if a stored hash is not that of its name. */
    public List<String> neededVersions() {
        return needs().stream()
                .map(need -> {
                    var name = string(need.name);
                    if (bytes.getInt(need.position) != hash(name)) {
                        throw new IllegalArgumentException("the hash of version " + name + " is wrong");
                    }
                    return name;
                })
                .toList();
    }

    /**
     * Makes it need {@code to} instead of {@code from}: the name, and the version of the same name that every symbol of
     * it is bound to. Nothing moves, so {@code to} may not be longer.
     */
    public void retag(String from, String to) {
        if (!needed().contains(from)) {
            throw new IllegalArgumentException("the library does not need " + from + ", but " + needed());
        }
        var places = new HashSet<Integer>();
        for (var e : dynamic) {
            if (e.tag == DT_NEEDED && string((int) e.value).equals(from)) {
                places.add((int) e.value);
            }
        }
        var hashes = new ArrayList<Integer>();
        for (var need : needs()) {
            if (string(need.file).equals(from)) {
                places.add(need.file);
            }
            if (string(need.name).equals(from)) {
                places.add(need.name);
                hashes.add(need.position);
            }
        }
        places.forEach(place -> overwrite(place, from, to));
        hashes.forEach(position -> bytes.putInt(position, hash(to)));
    }

    /**
     * Makes an undefined symbol weak: a library that lacks it still loads where all symbols are bound at once. Calling
     * it then would end the process.
     */
    public void weaken(String symbol) {
        int table = offset(value(DT_SYMTAB));
        for (int i = 1; i < symbolCount(); i++) {
            int at = table + 24 * i;
            if (bytes.getShort(at + 6) == 0 && string(bytes.getInt(at)).equals(symbol)) {
                bytes.put(at + 4, (byte) (STB_WEAK << 4 | (bytes.get(at + 4) & 15)));
                return;
            }
        }
        throw new IllegalArgumentException("the library does not ask for the symbol " + symbol);
    }

    /** Overwrites a string unless something else uses its bytes: linkers let strings share their ends. */
    private void overwrite(int place, String from, String to) {
        if (to.length() > from.length()) {
            throw new IllegalArgumentException("'" + to + "' is longer than '" + from + "'");
        }
        forEachUser((what, used) -> {
            boolean inside = place < used && used <= place + from.length();
            boolean around = used < place && place <= used + string(used).length();
            boolean other = used == place && !what.equals("need");
            if (inside || around || other) {
                throw new IllegalArgumentException("'" + from + "' shares its bytes with a " + what);
            }
        });
        var text = new byte[from.length()];
        System.arraycopy(to.getBytes(StandardCharsets.US_ASCII), 0, text, 0, to.length());
        bytes.put(strings + place, text);
    }

    private void forEachUser(ObjIntConsumer<String> user) {
        for (var e : dynamic) {
            if (e.tag == DT_NEEDED) {
                user.accept("need", (int) e.value);
            } else if (Set.of(DT_SONAME, DT_RPATH, DT_RUNPATH).contains(e.tag)) {
                user.accept("name of its own", (int) e.value);
            }
        }
        int table = offset(value(DT_SYMTAB));
        for (int i = 1; i < symbolCount(); i++) {
            user.accept("symbol", bytes.getInt(table + 24 * i));
        }
        for (var need : needs()) {
            user.accept("need", need.file);
            user.accept("need", need.name);
        }
        forEachDefinedVersion(name -> user.accept("version of its own", name));
    }

    private void forEachDefinedVersion(IntConsumer name) {
        if (!has(DT_VERDEF)) {
            return;
        }
        int at = offset(value(DT_VERDEF));
        for (long i = 0; i < value(DT_VERDEFNUM); i++) {
            int auxiliary = at + bytes.getInt(at + 12);
            for (int k = 0; k < bytes.getShort(at + 6); k++) {
                name.accept(bytes.getInt(auxiliary));
                auxiliary += bytes.getInt(auxiliary + 4);
            }
            at += bytes.getInt(at + 16);
        }
    }

    private List<Need> needs() {
        var needs = new ArrayList<Need>();
        if (has(DT_VERNEED)) {
            int at = offset(value(DT_VERNEED));
            for (long i = 0; i < value(DT_VERNEEDNUM); i++) {
                int auxiliary = at + bytes.getInt(at + 8);
                for (int k = 0; k < bytes.getShort(at + 2); k++) {
                    needs.add(new Need(auxiliary, bytes.getInt(at + 4), bytes.getInt(auxiliary + 8)));
                    auxiliary += bytes.getInt(auxiliary + 12);
                }
                at += bytes.getInt(at + 12);
            }
        }
        return needs;
    }

    /** From the old hash table if there is one, else from the section headers. */
    private int symbolCount() {
        if (has(DT_HASH)) {
            return bytes.getInt(offset(value(DT_HASH)) + 4);
        }
        int table = (int) bytes.getLong(40);
        for (int i = 0; table != 0 && i < bytes.getShort(60); i++) {
            int at = table + i * bytes.getShort(58);
            if (bytes.getInt(at + 4) == SHT_DYNSYM) {
                return (int) (bytes.getLong(at + 32) / 24);
            }
        }
        throw new IllegalArgumentException("the library does not say how many symbols it has");
    }

    private boolean has(int tag) {
        return dynamic.stream().anyMatch(e -> e.tag == tag);
    }

    private long value(int tag) {
        return dynamic.stream()
                .filter(e -> e.tag == tag)
                .mapToLong(Entry::value)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the ELF file has no dynamic entry " + tag));
    }

    private int offset(long address) {
        for (var s : segments) {
            if (s.address <= address && address < s.address + s.size) {
                return (int) (address - s.address) + s.offset;
            }
        }
        throw new IllegalArgumentException("address 0x" + Long.toHexString(address) + " is in no segment");
    }

    private String string(int place) {
        int end = strings + place;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), strings + place, end - strings - place, StandardCharsets.US_ASCII);
    }

    /** The System V ABI's hash of a name. */
    static int hash(String name) {
        int h = 0;
        for (byte c : name.getBytes(StandardCharsets.US_ASCII)) {
            h = (h << 4) + c;
            int g = h & 0xf0000000;
            h ^= g >>> 24;
            h &= ~g;
        }
        return h;
    }
}
