package dev.obverse.examples.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.drn.face.LabelledFaces;
import org.junit.jupiter.api.Test;

/** The programs to learn from do learn, at reduced size. */
class LearnTest {
    @Test
    void lineIsFound() {
        var line = FitALine.fit(200);
        assertEquals(2, line.slope(), 0.1);
        assertEquals(-1, line.intercept(), 0.1);
    }

    @Test
    void facesAreClassifiedFarAboveChance() {
        var faces = LabelledFaces.ofSynthetic(new SyntheticFaces(1, 7, 1, 32), Split.TRAIN, 8, 0, _ -> {});
        assertEquals(5, faces.people().size());
        double accuracy = ClassifyFaces.learn(faces, 15, false);
        assertTrue(accuracy >= 0.6, "chance is 0.2, learned " + accuracy);
    }

    @Test
    void shapesAreFoundOnTheirBackground() {
        var before = SegmentShapes.learn(0, 4, false);
        var after = SegmentShapes.learn(40, 8, false);
        assertTrue(before[0] < 0.9 && after[0] > 0.9, "background " + before[0] + " -> " + after[0]);
        assertTrue(
                after[1] + after[2] > before[1] + before[2] + 0.2,
                "disc and square " + before[1] + " " + before[2] + " -> " + after[1] + " " + after[2]);
    }

    @Test
    void customGradientsAreRightAndTheSineIsFitted() {
        CustomLayer.check();
        var distance = CustomLayer.learn(150);
        assertTrue(distance[1] < 0.4 * distance[0], distance[0] + " -> " + distance[1]);
    }
}
