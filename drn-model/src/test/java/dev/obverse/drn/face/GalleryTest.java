package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.face.Calibration.Known;
import dev.obverse.drn.face.Calibration.Sample;
import dev.obverse.drn.face.Calibration.Unknown;
import dev.obverse.nn.metric.Cosine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GalleryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** Vectors from a file, for pictures that need only exist. */
    private Gallery gallery(String[] paths, float[][] vectors) throws IOException {
        var rows = new LinkedHashMap<String, float[]>();
        for (int i = 0; i < paths.length; i++) {
            var file = folder.resolve(paths[i]);
            Files.createDirectories(file.getParent());
            new RgbImage(2, 2).writePng(file);
            rows.put(paths[i], vectors[i]);
        }
        var table = folder.resolve("vectors.safetensors");
        new EmbeddingTable(2, rows).write(table);
        return Gallery.read(folder, EmbeddingFile.read(table));
    }

    @Test
    void peopleAreRankedByTheirMostSimilarPicture() throws IOException {
        var gallery = gallery(
                new String[] {"ann/1.png", "ann/2.png", "bob/1.png", "cid.png"},
                new float[][] {{1, 0}, {0, 1}, {1, 1}, {-1, 0}});
        assertEquals(List.of("ann", "bob", "cid"), gallery.people());
        var ranked = gallery.rank(new float[] {0.1f, 2});
        assertEquals(
                List.of("ann", "bob", "cid"),
                ranked.stream().map(Gallery.Match::person).toList());
        assertEquals(folder.resolve("ann/2.png"), ranked.getFirst().picture());
        assertEquals(2 / Math.hypot(0.1, 2), ranked.getFirst().score(), 1e-7);
        assertEquals("bob", gallery.rank(new float[] {1, 0.9f}).getFirst().person());
        // Ann's pictures are nearer to Bob than to each other: both best matches are wrong.
        assertEquals(0, rate(gallery.ownCalibration(), Cosine.similarity(new float[] {1, 0}, new float[] {1, 1})));
    }

    @Test
    void aGalleryThatSaysNothingIsRefused() throws IOException {
        var single = gallery(new String[] {"ann.png"}, new float[][] {{1, 0}});
        assertTrue(assertThrows(DataException.class, single::ownCalibration)
                .getMessage()
                .contains("--validation"));
        var empty = Files.createDirectories(folder.resolve("empty"));
        var table = EmbeddingFile.read(folder.resolve("vectors.safetensors"));
        assertThrows(DataException.class, () -> Gallery.read(empty, table));
        assertThrows(DataException.class, () -> Gallery.read(folder.resolve("none"), table));
    }

    @Test
    void calibrationPoolsWhatContradictsItself() {
        var calibration = Calibration.of(List.of(
                new Sample(0.1, false),
                new Sample(0.2, true),
                new Sample(0.3, false),
                new Sample(0.4, false),
                new Sample(0.5, true)));
        // 0.2 was right and 0.3, 0.4 were not: together they are right one time in three.
        assertEquals(0, rate(calibration, 0.15));
        assertEquals(new Known(1 / 3.0, 3), calibration.of(0.35));
        assertEquals(new Known(1, 1), calibration.of(0.5));
    }

    @Test
    void nothingIsSaidOfScoresThatWereNeverSeen() {
        var calibration = Calibration.of(List.of(new Sample(0.5, true), new Sample(0.1, false)));
        assertEquals(new Unknown(true, 0.5, 2), calibration.of(0.51));
        assertEquals(new Unknown(false, 0.1, 2), calibration.of(-1));
        assertEquals(new Known(0, 1), calibration.of(0.1));
        assertEquals(new Known(1, 1), calibration.of(0.5));
        assertEquals(
                "never seen: it is above each of 2 scores, the highest of which was 0.500",
                calibration.of(0.9).words());
        assertEquals("right 0 % of 1 times", calibration.of(0.3).words());
    }

    @Test
    void aScoreThatIsNoNumberIsRefused() throws IOException {
        var calibration = Calibration.of(List.of(new Sample(0.5, true), new Sample(0.1, false)));
        assertThrows(IllegalArgumentException.class, () -> calibration.of(Double.NaN));
        var broken = List.of(new Sample(Double.NaN, false), new Sample(0.1, false));
        assertThrows(IllegalArgumentException.class, () -> Calibration.of(broken));
        var gallery = gallery(new String[] {"ann.png"}, new float[][] {{1, 0}});
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> gallery.rank(new float[] {bad, 1}));
            var message = assertThrows(
                            DataException.class, () -> Rows.usable(new float[] {1, bad}, "judge", "face.png"))
                    .getMessage();
            assertTrue(message.startsWith("Recogniser judge makes a vector of face.png that contains " + bad), message);
        }
    }

    private static double rate(Calibration calibration, double score) {
        return assertInstanceOf(Known.class, calibration.of(score)).rate();
    }

    @Property
    void aHigherScoreNeverMeansLess(@ForAll @Size(min = 1, max = 60) List<Boolean> right) {
        var samples = IntStream.range(0, right.size())
                .mapToObj(i -> new Sample(Math.floorDiv(i, 3) / 20.0, right.get(i)))
                .toList();
        var calibration = Calibration.of(samples);
        double before = 0;
        double mean = 0;
        for (var sample : samples) {
            double rate = rate(calibration, sample.score());
            assertTrue(rate >= before);
            before = rate;
            mean += rate / samples.size();
        }
        assertEquals(samples.stream().filter(Sample::right).count() / (double) samples.size(), mean, 1e-9);
    }
}
