package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.drn.data.FaceLandmarks.Point;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class SimilarityTest {
    private static final List<Point> POINTS =
            List.of(new Point(1, 2), new Point(5, 2.5), new Point(3, 4), new Point(1.5, 7), new Point(4.5, 6.8));

    @Property(tries = 100)
    void fitFindsTheTransform(
            @ForAll @DoubleRange(min = -3, max = 3) double angle,
            @ForAll @DoubleRange(min = 0.2, max = 4) double scale,
            @ForAll @DoubleRange(min = -50, max = 50) double dx,
            @ForAll @DoubleRange(min = -50, max = 50) double dy) {
        var truth = new Similarity(scale * Math.cos(angle), scale * Math.sin(angle), dx, dy);
        var found = Similarity.fit(POINTS, POINTS.stream().map(truth::apply).toList());
        assertEquals(truth.a(), found.a(), 1e-9);
        assertEquals(truth.b(), found.b(), 1e-9);
        assertEquals(truth.dx(), found.dx(), 1e-8);
        assertEquals(truth.dy(), found.dy(), 1e-8);
        for (var point : POINTS) {
            var back = truth.inverse().apply(truth.apply(point));
            assertEquals(point.x(), back.x(), 1e-8);
            assertEquals(point.y(), back.y(), 1e-8);
        }
    }

    @Test
    void tooFewOrEqualPointsAreRefused() {
        var one = List.of(new Point(1, 1));
        assertThrows(IllegalArgumentException.class, () -> Similarity.fit(one, one));
        var same = List.of(new Point(1, 1), new Point(1, 1));
        assertThrows(IllegalArgumentException.class, () -> Similarity.fit(same, same));
    }
}
