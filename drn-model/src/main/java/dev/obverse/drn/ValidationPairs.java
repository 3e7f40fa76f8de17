package dev.obverse.drn;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.PairManifest.Row;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.face.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The pairs that may say how far a score can be trusted: the test pairs of a manifest that show somebody of the
 * gallery, without those whose original person or video a run was trained on. Of these the network knows the answers,
 * and a rate that counts them says more than is true of strangers.
 *
 * @param rows what is left, at least one
 * @param warnings sentences about what a reader must know of them; empty if there is nothing to say
 */
public record ValidationPairs(List<Row> rows, List<String> warnings) {
    public ValidationPairs {
        rows = List.copyOf(rows);
        warnings = List.copyOf(warnings);
    }

    /**
     * Chooses among the test pairs of {@code manifest}.
     *
     * @param run whose training pairs are read again from where they were
     * @param file the manifest's, for sentences
     * @param gallery names of the people among whom scores are
     * @throws DataException if no test pair shows anybody of the gallery, or the run was trained on their people or
     *     videos
     */
    public static ValidationPairs of(RunConfig run, Path file, PairManifest manifest, Collection<String> gallery)
            throws DataException {
        var all = manifest.rows(Split.TEST);
        if (all.isEmpty()) {
            throw new DataException("Manifest " + file
                    + " has no test pairs, which say how far a score can be trusted: give one whose split column says"
                    + " test");
        }
        var people = Set.copyOf(gallery);
        var test = all.stream().filter(row -> people.contains(row.originalId())).toList();
        if (test.isEmpty()) {
            throw new DataException("None of the test pairs of " + file + " shows a person of the gallery: its folders"
                    + " must be named as the manifest's original_id, such as "
                    + all.getFirst().originalId());
        }
        var warnings = new ArrayList<String>();
        PairManifest trained;
        try {
            trained = PairManifest.read(Path.of(run.pairs()));
        } catch (IOException e) {
            warnings.add("Whether the run was trained on people of " + file.getFileName()
                    + " is not known, because the list of its pairs cannot be read: " + e.getMessage() + ".");
            return new ValidationPairs(test, warnings);
        }
        var fingerprint = Fingerprint.of(trained.csv());
        if (!fingerprint.equals(run.pairsFingerprint())) {
            warnings.add("Manifest " + run.pairs() + " is not known to be as it was when the run began, so that people"
                    + " it was trained on may be missing there.");
        }
        if (!fingerprint.equals(Fingerprint.of(manifest.csv()))) {
            warnings.add("People of " + file.getFileName() + " and of the training pairs are compared by name:"
                    + " somebody who is called otherwise there is not noticed.");
        }
        var learned = trained.rows(Split.TRAIN);
        var originals = all(learned, Row::originalId);
        var videos = all(learned, Row::video);
        var unseen = test.stream()
                .filter(row -> !originals.contains(row.originalId()) && !videos.contains(row.video()))
                .toList();
        if (unseen.isEmpty()) {
            refuseSharedVideo(test, originals, file);
            throw new DataException("The run was trained on the people or videos of all " + test.size()
                    + " test pairs of " + file + " that show somebody of the gallery, such as "
                    + test.getFirst().originalId()
                    + ", so that they do not say how far a score of a stranger can be trusted: give a --validation"
                    + " whose test pairs show other people");
        }
        if (unseen.size() < test.size()) {
            warnings.add((test.size() - unseen.size()) + " of the " + test.size() + " test pairs of "
                    + file.getFileName() + " are left out, because the run was trained on their people or videos.");
        }
        warnAboutDonors(warnings, unseen, originals, all(learned, Row::donorId));
        return new ValidationPairs(unseen, warnings);
    }

    /**
     * Strangers of whom nothing is left because of the video column. One name for all pairs is taken at its word: a
     * placeholder and one long video look alike, and frames of a video that was trained on flatter.
     */
    private static void refuseSharedVideo(List<Row> test, Set<String> trainedOn, Path file) throws DataException {
        var strangers = test.stream()
                .filter(row -> !trainedOn.contains(row.originalId()))
                .toList();
        if (!strangers.isEmpty()) {
            throw new DataException("The run was not trained on the people of " + strangers.size() + " of the "
                    + test.size() + " test pairs of " + file + ", but on their videos, such as '"
                    + strangers.getFirst().video()
                    + "', so that no pair is left to say how far a score can be trusted: if that is a placeholder, give"
                    + " a --validation whose column video names the video of each pair, or else one with other videos");
        }
    }

    /** A face that was only pasted in training is no known answer, but no quite unknown face either. */
    private static void warnAboutDonors(
            List<String> warnings, List<Row> unseen, Set<String> originals, Set<String> donors) {
        long met = unseen.stream()
                .filter(row -> donors.contains(row.originalId())
                        || donors.contains(row.donorId())
                        || originals.contains(row.donorId()))
                .count();
        if (met > 0) {
            warnings.add("In " + met + " of the " + unseen.size() + " test pairs a face was pasted, or belongs to"
                    + " somebody whose face was, that the run has met in training: how often scores were right may"
                    + " flatter.");
        }
    }

    private static Set<String> all(List<Row> rows, Function<Row, String> what) {
        return rows.stream().map(what).collect(Collectors.toSet());
    }
}
