package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.drn.data.FaceAttributes.Pose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FaceRendererTest {
    private static final int SIZE = 48;

    private static FaceIdentity person(long seed) {
        return FaceIdentity.random(new SplittableRandom(seed));
    }

    private static FaceAttributes attributes(long seed) {
        return FaceAttributes.random(new SplittableRandom(seed));
    }

    private static FaceAttributes posed(FaceAttributes a, double yaw, double pitch) {
        var pose = new Pose(yaw, pitch, 0, 0.35, 0.5, 0.43);
        return new FaceAttributes(pose, a.expression(), a.light(), a.scene());
    }

    @Test
    void sameBitsOnManyThreads() throws Exception {
        var alone = FaceRenderer.render(person(1), attributes(2), SIZE);
        try (var pool = Executors.newFixedThreadPool(4)) {
            var tasks = new ArrayList<Future<RenderedFace>>();
            for (int i = 0; i < 8; i++) {
                tasks.add(pool.submit(() -> FaceRenderer.render(person(1), attributes(2), SIZE)));
            }
            for (var task : tasks) {
                assertArrayEquals(alone.image().rgb(), task.get().image().rgb());
                assertArrayEquals(alone.innerFace(), task.get().innerFace());
                assertEquals(alone.landmarks(), task.get().landmarks());
            }
        }
    }

    @Property(tries = 60)
    void everyDrawGivesAProperFace(@ForAll long who, @ForAll long how) {
        var face = FaceRenderer.render(person(who), attributes(how), 24);
        for (float value : face.image().rgb()) {
            assertTrue(value >= 0 && value <= 1, () -> "pixel value " + value);
        }
        double covered = 0;
        for (float value : face.innerFace()) {
            assertTrue(value >= 0 && value <= 1, () -> "mask value " + value);
            covered += value;
        }
        double share = covered / face.innerFace().length;
        assertTrue(share > 0.03 && share < 0.5, "the inner face covers " + share);
        for (var point : face.landmarks().fivePoints()) {
            assertTrue(point.x() > 0 && point.x() < 24 && point.y() > 0 && point.y() < 24, () -> "landmark " + point);
        }
        assertTrue(face.landmarks().leftEye().x() < face.landmarks().rightEye().x());
        assertTrue(face.landmarks().chin().y() > face.landmarks().noseTip().y());
    }

    @Test
    void theBackgroundComesFromTheAttributesAlone() {
        var a = FaceRenderer.render(person(1), attributes(5), SIZE).image();
        var b = FaceRenderer.render(person(2), attributes(5), SIZE).image();
        var c = FaceRenderer.render(person(1), attributes(6), SIZE).image();
        int same = 0;
        for (int y = 0; y < SIZE / 2; y++) {
            // the left and right columns never hold a person in the upper half
            for (int x : new int[] {0, 1, SIZE - 2, SIZE - 1}) {
                assertEquals(0, Pictures.difference(a, b, y * SIZE + x));
                same += Pictures.difference(a, c, y * SIZE + x) == 0 ? 1 : 0;
            }
        }
        assertTrue(same < SIZE / 10, "other attributes must give another background");
    }

    @Test
    void theSceneNeverReachesTheFace() {
        var how = attributes(5);
        var elsewhere = new FaceAttributes(
                how.pose(), how.expression(), how.light(), attributes(6).scene());
        var a = FaceRenderer.render(person(1), how, SIZE);
        var b = FaceRenderer.render(person(1), elsewhere, SIZE);
        assertArrayEquals(a.innerFace(), b.innerFace());
        int inside = 0;
        for (int i = 0; i < SIZE * SIZE; i++) {
            if (a.innerFace()[i] > 0.9) {
                assertEquals(0, Pictures.difference(a.image(), b.image(), i));
                inside++;
            }
        }
        assertTrue(inside > 50, "only " + inside + " pixels were compared");
    }

    @Test
    void irisColourChangesTheEyesOnly() {
        var who = person(3);
        var how = posed(attributes(5), 0.1, 0);
        var open = new FaceAttributes.Expression(0, 0, 0, 0, 0, 0);
        how = new FaceAttributes(how.pose(), open, how.light(), how.scene());
        var e = who.eyes();
        var eyes = new FaceIdentity.Eyes(
                e.spacing(), e.width(), e.opening(), e.tilt(), e.fold(), e.lashes(), e.iris(), new Rgb(0.1, 0.9, 0.1));
        var other = new FaceIdentity(
                who.head(),
                eyes,
                who.brows(),
                who.nose(),
                who.mouth(),
                who.skin(),
                who.hair(),
                who.beard(),
                who.glasses(),
                who.texture());
        var a = FaceRenderer.render(who, how, 96);
        var b = FaceRenderer.render(other, how, 96);
        int changed = 0;
        for (int i = 0; i < 96 * 96; i++) {
            if (Pictures.difference(a.image(), b.image(), i) > 0) {
                changed++;
                double left = distance(a.landmarks().leftEye(), i % 96, i / 96);
                double right = distance(a.landmarks().rightEye(), i % 96, i / 96);
                assertTrue(Math.min(left, right) < 8, "pixel " + i % 96 + "," + i / 96 + " is no eye");
            }
        }
        assertTrue(changed > 15, "only " + changed + " pixels show the iris");
    }

    private static double distance(FaceLandmarks.Point p, int x, int y) {
        return Math.hypot(p.x() - x - 0.5, p.y() - y - 0.5);
    }

    @Test
    void theNoseMovesBeforeTheCheeksWhenTheHeadTurns() {
        var ahead = FaceRenderer.landmarks(person(1), posed(attributes(1), 0, 0), 100);
        var right = FaceRenderer.landmarks(person(1), posed(attributes(1), 0.3, 0), 100);
        var left = FaceRenderer.landmarks(person(1), posed(attributes(1), -0.3, 0), 100);
        assertEquals(50, ahead.noseTip().x(), 1e-9);
        assertTrue(right.noseTip().x() > 52 && left.noseTip().x() < 48);
        double eyes = (right.leftEye().x() + right.rightEye().x()) / 2;
        assertTrue(right.noseTip().x() - eyes > 1.5, "the nose stands before the eyes");
        assertEquals(100 - right.noseTip().x(), left.noseTip().x(), 1e-9);
        var up = FaceRenderer.landmarks(person(1), posed(attributes(1), 0, 0.2), 100);
        assertTrue(up.noseTip().y() - up.leftEye().y()
                < ahead.noseTip().y() - ahead.leftEye().y());
    }

    @Test
    void oneStreamGivesOnePerson() {
        assertEquals(person(9), person(9));
        assertNotEquals(person(9), person(10));
        assertEquals(attributes(9), attributes(9));
        var people = IntStream.range(0, 200).mapToObj(FaceRendererTest::person).toList();
        assertEquals(200, people.stream().distinct().count());
    }

    @Test
    void nextFrameKeepsTheVideo() {
        var first = attributes(4);
        var next = first.nextFrame(new SplittableRandom(1));
        assertEquals(first.light(), next.light());
        assertEquals(first.scene(), next.scene());
        assertNotEquals(first.pose(), next.pose());
        assertNotEquals(first.expression(), next.expression());
    }

    @Test
    void samplingFinerChangesLittle() {
        var coarse = FaceRenderer.render(person(1), attributes(2), SIZE, 2).image();
        var fine = FaceRenderer.render(person(1), attributes(2), SIZE, 5).image();
        assertTrue(Pictures.psnr(coarse, fine) > 30);
    }

    @Test
    void regionLimitsTheDrawing() {
        var region = new float[SIZE * SIZE];
        Arrays.fill(region, 0, SIZE * SIZE / 2, 1);
        var whole = FaceRenderer.render(person(1), attributes(2), SIZE);
        var half = FaceRenderer.render(person(1), attributes(2), SIZE, 2, Similarity.IDENTITY, region);
        int cut = SIZE * SIZE / 2 * 3;
        assertArrayEquals(
                Arrays.copyOf(whole.image().rgb(), cut),
                Arrays.copyOf(half.image().rgb(), cut));
        assertArrayEquals(new float[cut], Arrays.copyOfRange(half.image().rgb(), cut, 2 * cut));
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> FaceRenderer.render(person(1), attributes(1), 7));
        assertThrows(IllegalArgumentException.class, () -> FaceRenderer.render(person(1), attributes(1), 64, 0));
    }
}
