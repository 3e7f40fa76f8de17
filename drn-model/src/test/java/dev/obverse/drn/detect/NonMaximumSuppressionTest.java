package dev.obverse.drn.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.FaceLandmarks.Point;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class NonMaximumSuppressionTest {
    private static DetectedFace face(double score, double left, double right) {
        return new DetectedFace(score, left, 0, right, 10, Collections.nCopies(5, new Point(1, 2)));
    }

    @Test
    void overlapIsIntersectionOverUnion() {
        assertEquals(1 / 3.0, face(1, 0, 10).overlap(face(1, 5, 15)), 1e-12);
        assertEquals(0, face(1, 0, 10).overlap(face(1, 10, 20)));
        assertEquals(0, face(1, 0, 10).overlap(face(1, 30, 40)));
        assertEquals(1, face(1, 0, 10).overlap(face(1, 0, 10)));
    }

    @Test
    void aFaceThatOverlapsOnlyARemovedOneStays() {
        var best = face(0.9, 0, 10);
        var middle = face(0.8, 4, 14); // overlaps the best by 6/14
        var last = face(0.7, 8, 18); // overlaps the middle by as much, the best by 2/18
        assertEquals(List.of(best, last), NonMaximumSuppression.keep(List.of(last, middle, best), 0.4));
        assertEquals(List.of(best, middle, last), NonMaximumSuppression.keep(List.of(last, middle, best), 0.5));
        assertEquals(List.of(), NonMaximumSuppression.keep(List.of(), 0.4));
    }

    @Test
    void whatIsNoNumberIsNoFace() {
        assertTrue(face(0.9, 0, 10).isReal());
        assertFalse(face(0.9, 10, 10).isReal());
        assertFalse(face(0.9, 0, Double.POSITIVE_INFINITY).isReal());
        assertFalse(face(0.9, Double.NaN, 10).isReal());
        var points = Collections.nCopies(5, new Point(Double.NaN, 0));
        assertFalse(new DetectedFace(0.9, 0, 0, 1, 1, points).isReal());
        assertThrows(IllegalArgumentException.class, () -> new DetectedFace(0.9, 0, 0, 1, 1, List.of()));
    }
}
