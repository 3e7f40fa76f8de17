package dev.obverse.drn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.face.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationPairsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private int count;

    @BeforeEach
    void picture() throws IOException {
        new RgbImage(2, 2).writePng(folder.resolve("face.png"));
    }

    private PairManifest.Row row(Split split, String original, String donor, String video) {
        return new PairManifest.Row("p" + count++, "face.png", "face.png", original, donor, video, split);
    }

    private PairManifest.Row trained(String original, String donor) {
        return row(Split.TRAIN, original, donor, "video of " + original);
    }

    private PairManifest.Row test(String original, String donor) {
        return row(Split.TEST, original, donor, "video of " + original);
    }

    private Path write(String name, PairManifest.Row... rows) throws IOException {
        var file = folder.resolve(name);
        new PairManifest(folder, List.of(rows)).write(file);
        return file;
    }

    /** A run on a manifest as it is now. */
    private static RunConfig run(Path pairs) throws IOException {
        return new RunConfig(
                DrnConfig.of(DrnConfig.Preset.TINY),
                1,
                1,
                pairs.toString(),
                Fingerprint.of(PairManifest.read(pairs).csv()),
                null,
                "");
    }

    private static ValidationPairs choose(RunConfig run, Path file) throws IOException {
        return ValidationPairs.of(run, file, PairManifest.read(file), List.of("ann", "bob", "eve", "gus"));
    }

    private static void warns(List<String> warnings, String... parts) {
        assertEquals(parts.length, warnings.size(), warnings.toString());
        for (int i = 0; i < parts.length; i++) {
            assertTrue(warnings.get(i).contains(parts[i]), warnings.get(i) + " should say: " + parts[i]);
        }
    }

    @Test
    void strangersOfTheRunsOwnManifestNeedNoWord() throws IOException {
        var stranger = test("eve", "fay");
        var pairs = write("pairs.csv", trained("ann", "bob"), stranger);
        assertEquals(new ValidationPairs(List.of(stranger), List.of()), choose(run(pairs), pairs));
    }

    @Test
    void pairsWithAKnownAnswerAreLeftOut() throws IOException {
        var stranger = test("eve", "fay");
        var pairs = write(
                "pairs.csv",
                trained("ann", "bob"),
                test("ann", "fay"),
                stranger,
                row(Split.TEST, "gus", "fay", "video of ann"));
        var chosen = choose(run(pairs), pairs);
        assertEquals(List.of(stranger), chosen.rows());
        warns(chosen.warnings(), "2 of the 3 test pairs of pairs.csv are left out");
    }

    @Test
    void aManifestOfKnownAnswersOnlyIsRefused() throws IOException {
        var pairs = write("pairs.csv", trained("ann", "bob"), test("ann", "fay"));
        var message = assertThrows(DataException.class, () -> choose(run(pairs), pairs))
                .getMessage();
        assertTrue(
                message.contains("all 1 test pairs of " + pairs + " that show somebody of the gallery, such as ann"),
                message);
        var strangers = write("strangers.csv", test("hal", "fay"));
        assertTrue(assertThrows(DataException.class, () -> choose(run(pairs), strangers))
                .getMessage()
                .contains("shows a person of the gallery"));
        var untested = write("untested.csv", trained("eve", "bob"));
        assertThrows(DataException.class, () -> choose(run(pairs), untested));
    }

    @Test
    void oneVideoNameForAllPairsLeavesNoneAndIsNamed() throws IOException {
        var pairs = write(
                "pairs.csv",
                row(Split.TRAIN, "ann", "bob", "unknown"),
                row(Split.TEST, "ann", "fay", "unknown"),
                row(Split.TEST, "eve", "fay", "unknown"),
                row(Split.TEST, "gus", "fay", "unknown"));
        var message = assertThrows(DataException.class, () -> choose(run(pairs), pairs))
                .getMessage();
        assertTrue(message.contains("the people of 2 of the 3 test pairs of " + pairs), message);
        assertTrue(message.contains("their videos, such as 'unknown'"), message);
        assertTrue(message.contains("column video"), message);
        // What the sentence asks for helps.
        var named = write("named.csv", row(Split.TEST, "eve", "fay", "eve's"), row(Split.TEST, "ann", "fay", "ann's"));
        assertEquals(1, choose(run(pairs), named).rows().size());
    }

    @Test
    void facesThatWerePastedInTrainingAreMentioned() throws IOException {
        var pairs =
                write("pairs.csv", trained("ann", "bob"), test("bob", "fay"), test("eve", "ann"), test("eve", "fay"));
        var chosen = choose(run(pairs), pairs);
        assertEquals(3, chosen.rows().size());
        warns(chosen.warnings(), "In 2 of the 3 test pairs");
    }

    @Test
    void peopleOfAnotherManifestAreComparedByName() throws IOException {
        var pairs = write("pairs.csv", trained("ann", "bob"));
        var others = write("others.csv", test("ann", "fay"), test("eve", "fay"));
        var chosen = choose(run(pairs), others);
        assertEquals("eve", chosen.rows().getFirst().originalId());
        warns(chosen.warnings(), "compared by name", "1 of the 2 test pairs of others.csv are left out");
    }

    @Test
    void whatIsNotKnownIsSaid() throws IOException {
        var rows = new PairManifest.Row[] {trained("ann", "bob"), test("eve", "fay")};
        var pairs = write("pairs.csv", rows);
        var run = run(pairs);
        var validation = write("validation.csv", rows);
        write("pairs.csv", Arrays.copyOf(rows, 1));
        warns(choose(run, validation).warnings(), "is not known to be as it was", "compared by name");
        Files.delete(pairs);
        warns(choose(run, validation).warnings(), "cannot be read: Manifest " + pairs + " does not exist");
    }
}
