package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PairSplitTest {
    /**
     * {@code people} people in circles of {@code circle} who swap among each other, two videos of three frames each.
     */
    private static PairManifest manifest(int people, int circle) {
        var rows = new ArrayList<PairManifest.Row>();
        for (int i = 0; i < people; i++) {
            int donor = i / circle * circle + (i + 1) % circle;
            for (int frame = 0; frame < 6; frame++) {
                var name = i + "_" + frame;
                rows.add(new PairManifest.Row(
                        name, "o" + name, "f" + name, "p" + i, "p" + donor, "v" + i + "_" + frame / 3, Split.TRAIN));
            }
        }
        return new PairManifest(Path.of("."), rows);
    }

    private static Set<String> shared(PairManifest manifest, Function<PairManifest.Row, String> key) {
        var train = manifest.rows(Split.TRAIN).stream().map(key).collect(Collectors.toCollection(HashSet::new));
        train.retainAll(manifest.rows(Split.TEST).stream().map(key).collect(Collectors.toSet()));
        return train;
    }

    @Property(tries = 200)
    void groupsStayWhole(
            @ForAll @IntRange(min = 4, max = 30) int people,
            @ForAll @DoubleRange(min = 0.05, max = 0.95) double share,
            @ForAll long seed) {
        var all = manifest(people, people);
        var byPerson = all.split(SplitMode.IDENTITY, share, seed);
        assertEquals(Set.of(), shared(byPerson, PairManifest.Row::originalId));
        var byVideo = all.split(SplitMode.VIDEO, share, seed);
        assertEquals(Set.of(), shared(byVideo, PairManifest.Row::video));
        for (var mode : List.of(SplitMode.IDENTITY, SplitMode.VIDEO, SplitMode.FRAME_RANDOM)) {
            var split = all.split(mode, share, seed);
            assertEquals(all.rows().size(), split.rows().size());
            double got = split.rows(Split.TEST).size() / (double) all.rows().size();
            double group = switch (mode) {
                case IDENTITY -> 6.0 / all.rows().size();
                case VIDEO -> 3.0 / all.rows().size();
                default -> 1.0 / all.rows().size();
            };
            assertEquals(share, got, group + 1e-9, mode + " on " + people);
            assertFalse(split.rows(Split.TRAIN).isEmpty());
            assertFalse(split.rows(Split.TEST).isEmpty());
        }
    }

    @Test
    void donorsStayApartWherePossible() {
        var split = manifest(20, 2).split(SplitMode.IDENTITY, 0.2, 1);
        assertEquals(Set.of(), split.sharedPeople());
        assertEquals(24, split.rows(Split.TEST).size());
        // one circle of all: the originals are still apart, and the manifest tells that donors are not
        var joined = manifest(20, 20).split(SplitMode.IDENTITY, 0.2, 1);
        assertEquals(Set.of(), shared(joined, PairManifest.Row::originalId));
        assertFalse(joined.sharedPeople().isEmpty());
    }

    @Test
    void aGroupTooLargeForTheTestSideStaysInTraining() {
        var rows = new ArrayList<>(manifest(4, 4).rows().subList(0, 12));
        for (int i = 0; i < 200; i++) {
            rows.add(new PairManifest.Row("big" + i, "o", "f", "big", "other", "v", Split.TRAIN));
        }
        for (long seed = 0; seed < 20; seed++) {
            var split = new PairManifest(Path.of("."), rows).split(SplitMode.IDENTITY, 0.2, seed);
            int test = split.rows(Split.TEST).size();
            assertTrue(test > 0 && test <= 12, test + " of 212 pairs are test pairs");
        }
    }

    @Test
    void orderOfRowsDoesNotMatterAndSeedDoes() {
        var all = manifest(20, 20);
        var shuffled = new ArrayList<>(all.rows());
        Collections.shuffle(shuffled, new Random(1));
        for (var mode : List.of(SplitMode.IDENTITY, SplitMode.VIDEO, SplitMode.FRAME_RANDOM)) {
            var a = all.split(mode, 0.3, 5).rows(Split.TEST);
            var b = new PairManifest(all.folder(), shuffled).split(mode, 0.3, 5).rows(Split.TEST);
            assertEquals(new HashSet<>(a), new HashSet<>(b));
            assertNotEquals(a, all.split(mode, 0.3, 6).rows(Split.TEST));
        }
    }

    @Test
    void framesLeakAndOthersDoNot() {
        assertTrue(SplitMode.FRAME_RANDOM.leaks());
        assertFalse(SplitMode.VIDEO.leaks() || SplitMode.IDENTITY.leaks() || SplitMode.OFFICIAL.leaks());
        assertFalse(shared(manifest(20, 20).split(SplitMode.FRAME_RANDOM, 0.3, 1), PairManifest.Row::video)
                .isEmpty());
    }

    @Test
    void officialKeepsTheColumn() {
        var all = new SyntheticFaces(1, 10, 40, 32).rows();
        var manifest = new PairManifest(Path.of("."), all);
        assertEquals(manifest, manifest.split(SplitMode.OFFICIAL, 0.5, 1));
    }

    @Test
    void impossibleSplitsAreRefused() {
        var one = new PairManifest(Path.of("."), manifest(4, 4).rows().subList(0, 3));
        var thrown = assertThrows(IllegalArgumentException.class, () -> one.split(SplitMode.IDENTITY, 0.2, 1));
        assertEquals(
                "A split by original people needs at least 2 of them; the manifest has 1 ('p0')", thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> one.split(SplitMode.VIDEO, 0.2, 1));
        assertThrows(IllegalArgumentException.class, () -> one.split(SplitMode.FRAME_RANDOM, 0, 1));
    }
}
