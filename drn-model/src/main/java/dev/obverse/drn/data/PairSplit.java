package dev.obverse.drn.data;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Divides pairs into training and test by whole groups, taken in an order that seed and names decide. */
final class PairSplit {
    private PairSplit() {}

    static List<PairManifest.Row> assign(List<PairManifest.Row> rows, SplitMode mode, double testShare, long seed) {
        if (!(testShare > 0 && testShare < 1)) {
            throw new IllegalArgumentException(
                    "The share of test pairs must be more than 0 and less than 1, not " + testShare);
        }
        return switch (mode) {
            case OFFICIAL -> rows;
            case FRAME_RANDOM -> byGroup(rows, PairManifest.Row::pairId, "pairs", testShare, seed);
            case VIDEO -> byGroup(rows, PairManifest.Row::video, "videos", testShare, seed);
            case IDENTITY -> byPerson(rows, testShare, seed);
        };
    }

    /**
     * People who swap faces with each other stay together where that leaves a test set of a useful size; else, as when
     * everybody has swapped with everybody, only originals are kept apart.
     */
    private static List<PairManifest.Row> byPerson(List<PairManifest.Row> rows, double testShare, long seed) {
        var circles = circles(rows);
        if (new HashSet<>(circles.values()).size() > 1) {
            Function<PairManifest.Row, String> circle = row -> circles.getOrDefault(row.originalId(), row.originalId());
            var split = byGroup(rows, circle, "people", testShare, seed);
            double got = split.stream().filter(row -> row.split() == Split.TEST).count() / (double) rows.size();
            if (got >= testShare / 2 && got <= (1 + testShare) / 2) {
                return split;
            }
        }
        return byGroup(rows, PairManifest.Row::originalId, "original people", testShare, seed);
    }

    /** Maps each person to the name of the circle of people connected by pairs. */
    private static Map<String, String> circles(List<PairManifest.Row> rows) {
        var parent = new HashMap<String, String>();
        for (var row : rows) {
            var a = root(parent, row.originalId());
            var b = root(parent, row.donorId());
            // the smaller name leads, whatever the order of rows
            if (a.compareTo(b) < 0) {
                parent.put(b, a);
            } else {
                parent.put(a, b);
            }
        }
        var circles = new HashMap<String, String>();
        for (var person : List.copyOf(parent.keySet())) {
            circles.put(person, root(parent, person));
        }
        return circles;
    }

    private static String root(Map<String, String> parent, String person) {
        var at = person;
        for (var up = parent.putIfAbsent(at, at); up != null && !up.equals(at); up = parent.get(at)) {
            at = up;
        }
        return at;
    }

    private static List<PairManifest.Row> byGroup(
            List<PairManifest.Row> rows,
            Function<PairManifest.Row, String> group,
            String what,
            double testShare,
            long seed) {
        var sizes = new TreeMap<String, Integer>();
        for (var row : rows) {
            sizes.merge(group.apply(row), 1, Integer::sum);
        }
        if (sizes.size() < 2) {
            throw new IllegalArgumentException("A split by " + what + " needs at least 2 of them; the manifest has "
                    + sizes.size() + (sizes.isEmpty() ? "" : " ('" + sizes.firstKey() + "')"));
        }
        var order = sizes.keySet().stream()
                .sorted(Comparator.comparingLong((String name) -> RandomStreams.mix(seed, hash(name))))
                .toList();
        var test = new HashSet<String>();
        double wanted = testShare * rows.size();
        double got = 0;
        for (var name : order) {
            double size = sizes.getOrDefault(name, 0);
            // the group that crosses the mark is taken when that comes nearer to it; one always stays for training
            if (got + size / 2 <= wanted && test.size() < order.size() - 1) {
                test.add(name);
                got += size;
            }
        }
        if (test.isEmpty()) {
            test.add(Collections.min(order, Comparator.comparing(sizes::get)));
        }
        return rows.stream()
                .map(row -> row.on(test.contains(group.apply(row)) ? Split.TEST : Split.TRAIN))
                .toList();
    }

    private static long hash(String name) {
        long h = 1469598103934665603L;
        for (int i = 0; i < name.length(); i++) {
            h = (h ^ name.charAt(i)) * 1099511628211L;
        }
        return h;
    }
}
