package dev.obverse.drn.face;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.nn.metric.Cosine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * People whose faces are known, by their pictures: a folder for each person, or pictures named after them. A face is as
 * similar to a person as to the most similar of their pictures.
 */
public final class Gallery {
    /** A picture of a person. */
    private record Picture(String path, float[] embedding) {}

    /**
     * A person who may be the one.
     *
     * @param score cosine, -1 to 1
     * @param picture the most similar of the person's pictures
     */
    public record Match(String person, double score, Path picture) {}

    private final Path folder;
    private final SequencedMap<String, List<Picture>> people = new LinkedHashMap<>();

    private Gallery(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a folder; the vectors come from {@code source}.
     *
     * @throws IOException in one sentence, if there is no such folder, it has no pictures, or one cannot be read
     */
    public static Gallery read(Path folder, EmbeddingSource source) throws IOException {
        var paths = pictures(folder);
        if (paths.isEmpty()) {
            throw new DataException("Folder " + folder
                    + " has no pictures of people: make a folder for each person, or name the pictures after them");
        }
        var gallery = new Gallery(folder);
        var vectors = source.embeddings(folder, paths);
        for (int i = 0; i < vectors.length; i++) {
            var path = paths.get(i);
            int slash = path.indexOf('/');
            var person = slash > 0 ? path.substring(0, slash) : path.substring(0, path.lastIndexOf('.'));
            gallery.people.computeIfAbsent(person, _ -> new ArrayList<>()).add(new Picture(path, vectors[i]));
        }
        return gallery;
    }

    /** Paths of the pictures of a folder and of its folders, sorted, with {@code /} between names. */
    public static List<String> pictures(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new DataException("Folder " + folder + (Files.exists(folder) ? " is a file" : " does not exist"));
        }
        try (var files = Files.walk(folder)) {
            return files.filter(f -> Files.isRegularFile(f) && RgbImage.isNamedAsPicture(f))
                    .map(f -> folder.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    /** Names of the people, in the order of the paths of their first pictures. */
    public List<String> people() {
        return List.copyOf(people.keySet());
    }

    /**
     * SHA-256, in hexadecimal, of the lines {@code SHA-256 path} of all pictures, sorted by path, as {@code sha256sum}
     * prints them.
     *
     * @throws IOException if a picture cannot be read any more
     */
    public String fingerprint() throws IOException {
        var lines = new StringBuilder();
        for (var path : pictures(folder)) {
            lines.append(Fingerprint.of(folder.resolve(path)))
                    .append("  ")
                    .append(path)
                    .append('\n');
        }
        return Fingerprint.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Number of pictures of all of them. */
    public int pictures() {
        return people.values().stream().mapToInt(List::size).sum();
    }

    /**
     * Everybody, the most similar first; of equals the one whose name comes first.
     *
     * @param face a vector of the recogniser that the gallery's came from
     */
    public List<Match> rank(float[] face) {
        return rank(face, "");
    }

    private List<Match> rank(float[] face, String except) {
        var matches = new ArrayList<Match>();
        people.forEach((person, pictures) -> pictures.stream()
                .filter(p -> !p.path.equals(except))
                .map(p -> new Match(person, Cosine.similarity(face, p.embedding), folder.resolve(p.path)))
                .max(Comparator.comparingDouble(Match::score))
                .ifPresent(matches::add));
        matches.sort(Comparator.comparingDouble(Match::score).reversed().thenComparing(Match::person));
        return List.copyOf(matches);
    }

    /**
     * How sure the best match is when the gallery's own pictures are looked up among the others: the people with one
     * picture only are passed over.
     *
     * @throws DataException if nobody has two pictures
     */
    public Calibration ownCalibration() throws DataException {
        var samples = new ArrayList<Calibration.Sample>();
        people.forEach((person, pictures) -> {
            if (pictures.size() > 1) {
                for (var picture : pictures) {
                    var best = rank(picture.embedding, picture.path).getFirst();
                    samples.add(new Calibration.Sample(best.score, best.person.equals(person)));
                }
            }
        });
        if (samples.isEmpty()) {
            throw new DataException("Nobody in the gallery " + folder
                    + " has two pictures, so that nothing is known of how far a score can be trusted: give"
                    + " --validation");
        }
        return Calibration.of(samples);
    }
}
