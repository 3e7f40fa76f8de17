package dev.obverse.drn.data;

import dev.obverse.nn.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The list of image pairs of a data set, kept in a CSV file with the columns
 * {@code pair_id,original,fake,original_id,donor_id,video,split}; the one interface between data and training.
 *
 * @param folder what image paths are relative to: the folder of the file
 * @param rows the pairs
 */
public record PairManifest(Path folder, List<Row> rows) {
    /** The columns, in their order. */
    public static final List<String> COLUMNS =
            List.of("pair_id", "original", "fake", "original_id", "donor_id", "video", "split");

    /**
     * One pair.
     *
     * @param pairId a name no other pair has
     * @param original path of the genuine picture, relative to the manifest
     * @param fake path of the swapped picture, relative to the manifest
     * @param originalId who the original shows
     * @param donorId whose face was pasted
     * @param video the video the frame was taken from
     * @param split its side
     */
    public record Row(
            String pairId, String original, String fake, String originalId, String donorId, String video, Split split) {
        /** This pair on a side. */
        public Row on(Split side) {
            return new Row(pairId, original, fake, originalId, donorId, video, side);
        }
    }

    public PairManifest {
        rows = List.copyOf(rows);
    }

    /** The file of a row's genuine picture. */
    public Path originalFile(Row row) {
        return folder.resolve(row.original);
    }

    /** The file of a row's swapped picture. */
    public Path fakeFile(Row row) {
        return folder.resolve(row.fake);
    }

    /** The rows on one side. */
    public List<Row> rows(Split side) {
        return rows.stream().filter(row -> row.split == side).toList();
    }

    /** People who appear, as original or donor, on both sides; empty for a clean split. */
    public Set<String> sharedPeople() {
        var shared = people(Split.TRAIN);
        shared.retainAll(people(Split.TEST));
        return shared;
    }

    private Set<String> people(Split side) {
        var people = new TreeSet<String>();
        for (var row : rows(side)) {
            people.add(row.originalId);
            people.add(row.donorId);
        }
        return people;
    }

    /**
     * This manifest with its pairs divided anew. The division depends on the seed and the names, not on the order of
     * rows.
     *
     * @param testShare wanted share of test pairs, more than 0 and less than 1; groups are not torn, so it is met
     *     roughly
     */
    public PairManifest split(SplitMode mode, double testShare, long seed) {
        return new PairManifest(folder, PairSplit.assign(rows, mode, testShare, seed));
    }

    /** Reads a manifest and checks every row, and that its images exist. */
    public static PairManifest read(Path file) throws IOException {
        var lines = lines(file);
        if (lines.isEmpty()) {
            throw new DataException("Manifest " + file + " is empty; expected the header " + String.join(",", COLUMNS));
        }
        var header = lines.getFirst().fields().stream().map(String::strip).toList();
        if (!header.equals(COLUMNS)) {
            throw new DataException("Manifest " + file + " has the columns " + String.join(",", header) + "; expected "
                    + String.join(",", COLUMNS));
        }
        if (lines.size() == 1) {
            throw new DataException("Manifest " + file + " has a header but no pairs");
        }
        var folder = file.toAbsolutePath().resolveSibling("");
        var seen = new HashMap<String, Integer>();
        var rows = new ArrayList<Row>();
        for (var line : lines.subList(1, lines.size())) {
            var row = row(file, folder, line);
            var before = seen.put(row.pairId, line.number());
            if (before != null) {
                throw bad(file, line, "repeats pair_id '" + row.pairId + "' of line " + before);
            }
            rows.add(row);
        }
        return new PairManifest(folder, rows);
    }

    private static List<Csv.Line> lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new DataException("Manifest " + file + " does not exist");
        }
        try {
            return Csv.parse(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new DataException("Manifest " + file + " is not a UTF-8 text file", e);
        } catch (Csv.BadQuote e) {
            throw new DataException("Manifest " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DataException("Manifest " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Row row(Path file, Path folder, Csv.Line line) throws DataException {
        var fields = line.fields();
        if (fields.size() != COLUMNS.size()) {
            throw bad(
                    file,
                    line,
                    "has " + fields.size() + " fields; expected " + COLUMNS.size() + " (" + String.join(",", COLUMNS)
                            + ")");
        }
        for (int i = 0; i < COLUMNS.size(); i++) {
            if (fields.get(i).isBlank()) {
                throw bad(file, line, "has no " + COLUMNS.get(i));
            }
        }
        for (int i = 1; i <= 2; i++) {
            requireImage(file, folder, line, COLUMNS.get(i), fields.get(i));
        }
        for (var side : Split.values()) {
            if (side.word().equals(fields.get(6))) {
                return new Row(
                        fields.get(0), fields.get(1), fields.get(2), fields.get(3), fields.get(4), fields.get(5), side);
            }
        }
        throw bad(file, line, "has the unknown split '" + fields.get(6) + "'; expected train or test");
    }

    private static void requireImage(Path file, Path folder, Csv.Line line, String column, String path)
            throws DataException {
        try {
            if (Files.isRegularFile(folder.resolve(path))) {
                return;
            }
        } catch (InvalidPathException e) {
            throw bad(file, line, "names the " + column + " image '" + path + "', which is not a path");
        }
        throw bad(file, line, "names the " + column + " image " + folder.resolve(path) + ", which does not exist");
    }

    private static DataException bad(Path file, Csv.Line line, String what) {
        return new DataException("Manifest " + file + ", line " + line.number() + ", " + what);
    }

    /** Writes the rows to a file, which appears complete or not at all; image paths are written as they are. */
    public void write(Path file) throws IOException {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, csv());
        } catch (IOException e) {
            throw new DataException("Cannot write " + file + ": " + e, e);
        }
    }

    /** The rows as {@link #write} writes them. */
    public byte[] csv() {
        var text = new StringBuilder(String.join(",", COLUMNS)).append('\n');
        for (var row : rows) {
            var fields = List.of(
                    row.pairId, row.original, row.fake, row.originalId, row.donorId, row.video, row.split.word());
            text.append(fields.stream().map(Csv::quote).collect(Collectors.joining(",")))
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
