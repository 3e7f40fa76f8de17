package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.cpu.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecogniserTrainerTest {
    private static final FaceAugmentation SHIFTS = new FaceAugmentation(0.03, 0.03, 0.03, 0.02, 0.05, 0.02, 0, 0.2);
    private static final RecogniserTraining TRAINING = new RecogniserTraining(7, 25, 6, 1e-2, 5e-4, 8, 0.1, SHIFTS);

    private static TrainedRecogniser train(RecogniserTraining training) {
        return RecogniserTrainer.train(People.of(3, 6, 16, 1), People.TINY, training, p -> {});
    }

    @Test
    void learnsToTellPeopleApart() {
        var progress = new ArrayList<RecogniserTrainer.Progress>();
        var recogniser = RecogniserTrainer.train(People.of(3, 6, 16, 1), People.TINY, TRAINING, progress::add);
        assertEquals(25 * 3, progress.size());
        var last = progress.getLast();
        assertEquals(last.steps(), last.step());
        assertTrue(last.loss() < 0.5 * progress.getFirst().loss(), progress.getFirst() + " " + last);
        assertTrue(last.accuracy() > 0.9 && last.facesPerSecond() > 0, last.toString());
        var verification = Verification.of(recogniser, People.of(3, 12, 16, 1));
        assertEquals(1, verification.rank1(), verification.toString());
        assertTrue(verification.auc() > 0.99, verification.toString());
        assertTrue(recogniser.facts().get("training") instanceof Map<?, ?> m
                && Integer.valueOf(3).equals(m.get("people")));
    }

    @Test
    void learnsWithCosFaceToo() {
        var progress = new ArrayList<RecogniserTrainer.Progress>();
        var cosFace = TRAINING.head(RecogniserTraining.Head.COSFACE);
        var recogniser = RecogniserTrainer.train(People.of(3, 6, 16, 1), People.TINY, cosFace, progress::add);
        assertTrue(progress.getLast().accuracy() > 0.9, progress.getLast().toString());
        assertEquals(1, Verification.of(recogniser, People.of(3, 12, 16, 1)).rank1());
    }

    @Test
    void anIResNetIsTrainedSavedAndReadAlike(@TempDir Path folder) throws IOException {
        var narrow = new RecogniserArchitecture(16, 2, 8, 1, RecogniserArchitecture.Backbone.IRESNET50);
        var recogniser = RecogniserTrainer.train(People.of(3, 6, 16, 1), narrow, TRAINING.epochs(1), p -> {});
        assertEquals("iresnet50-7", recogniser.name());
        recogniser.save(folder);
        assertEquals(recogniser.fingerprint(), TrainedRecogniser.load(folder).fingerprint());
    }

    @Test
    void theSameAtAnyNumberOfThreadsAndAnotherForAnotherSeed() {
        int threads = Workers.threads();
        var short1 = TRAINING.epochs(3);
        try {
            Workers.setThreads(1);
            var one = train(short1);
            Workers.setThreads(3);
            assertEquals(one.fingerprint(), train(short1).fingerprint());
            var other = new RecogniserTraining(8, 3, 6, 1e-2, 5e-4, 8, 0.1, SHIFTS);
            assertNotEquals(one.fingerprint(), train(other).fingerprint());
            assertEquals("small-7", one.name());
        } finally {
            Workers.setThreads(threads);
        }
    }

    @Test
    void aBatchMayBeLargerThanTheData() {
        var recogniser = train(TRAINING.batch(100).epochs(1));
        assertEquals(8, recogniser.embeddingLength());
    }

    @Test
    void onePersonIsNotEnough() {
        var e = assertThrows(
                IllegalArgumentException.class,
                () -> RecogniserTrainer.train(People.of(1, 6, 16, 1), People.TINY, TRAINING, p -> {}));
        assertTrue(String.valueOf(e.getMessage()).contains("at least 2 people"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> TRAINING.batch(1));
        assertThrows(IllegalArgumentException.class, () -> TRAINING.epochs(0));
    }
}
