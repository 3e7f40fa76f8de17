package dev.obverse.cuda.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * Arrays that one launch works on, {@code Arrays} of {@code optimizer.cu}: cut into pieces of a fixed length, one block
 * each, so that what is added up in which order depends on the shapes only.
 *
 * @param lengths elements of each array
 * @param addresses of the arrays, and of up to three more that belong to them
 */
record Arrays(List<Integer> lengths, List<long[]> addresses) {
    /** As in {@code optimizer.cu}. */
    static final int MOST = 48;

    private static final int PIECE = 1 << 14;
    private static final int COLUMNS = 4;

    /** These arrays in groups that a launch can take. */
    static List<Arrays> groups(List<Integer> lengths, List<long[]> addresses) {
        var groups = new ArrayList<Arrays>();
        for (int i = 0; i < lengths.size(); i += MOST) {
            int end = Math.min(lengths.size(), i + MOST);
            groups.add(new Arrays(lengths.subList(i, end), addresses.subList(i, end)));
        }
        return groups;
    }

    private static int pieces(int length) {
        return (length + PIECE - 1) / PIECE;
    }

    /** Blocks to start; 0 if every array is empty. */
    int blocks() {
        return lengths.stream().mapToInt(Arrays::pieces).sum();
    }

    /** As the next parameter of a kernel. */
    void give(Launcher launcher) {
        var fields = new int[2 + 2 * MOST];
        var table = new long[COLUMNS * MOST];
        fields[0] = lengths.size();
        fields[1] = PIECE;
        int first = 0;
        for (int i = 0; i < lengths.size(); i++) {
            fields[2 + i] = first;
            fields[2 + MOST + i] = lengths.get(i);
            first += pieces(lengths.get(i));
            for (int column = 0; column < addresses.get(i).length; column++) {
                table[column * MOST + i] = addresses.get(i)[column];
            }
        }
        launcher.withStruct(fields, table);
    }
}
