package dev.obverse.cuda.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.obverse.tensor.Device;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/** In which order repeated work is done plainly, in memory of its own, recorded and replayed; no numbers. */
class RecordedWorkTest {
    private final FakeCard card = new FakeCard(1 << 20);
    private final CudaContext context = new CudaContext(Device.cuda(0), card, false);
    private final RecordedWork repeated = new RecordedWork(context);
    private int calls;

    private void work() {
        calls++;
        context.run("work", calls, () -> context.withScratch(4000, _ -> {}));
    }

    private void run(int times, Runnable work) {
        for (int i = 0; i < times; i++) {
            repeated.run(work);
        }
    }

    @Test
    void plainThenRecordedThenReplayed() {
        run(3, this::work);
        assertEquals(0, card.replays);
        run(1, this::work);
        assertEquals(4, calls);
        assertEquals(1, card.replays);
        run(6, this::work);
        assertEquals(4, calls);
        assertEquals(7, card.replays);
        repeated.close();
        assertEquals(1, card.forgotten);
    }

    @Test
    void itsMemoryIsNobodyElses() {
        run(4, this::work);
        long own = context.pool().statistics().allocated();
        context.run("other", "", () -> {
            var taken = new ArrayDeque<Long>();
            for (int i = 0; i < 3; i++) {
                taken.add(context.pool().take(4000));
            }
            taken.forEach(context.pool()::give);
        });
        // the recording has taken the plain calls' block for its own, so that memory is not needed twice
        assertEquals(1, own);
        assertEquals(own + 3, context.pool().statistics().allocated());
        repeated.close();
        context.run("other", "", () -> {
            var taken = new ArrayDeque<Long>();
            for (int i = 0; i < 4; i++) {
                taken.add(context.pool().take(4000));
            }
            taken.forEach(context.pool()::give);
        });
        assertEquals(own + 3, context.pool().statistics().allocated());
    }

    @Test
    void aCaptureThatFailsIsDonePlainlyInstead() {
        card.recordStatus = 901;
        run(5, this::work);
        assertEquals(6, calls); // once while it was recorded, and then it was not started
        assertEquals(0, card.replays);
    }

    @Test
    void memoryThatWasNotAskedForBeforeEndsTheRecording() {
        run(4, () -> {
            calls++;
            context.run("work", calls, () -> context.withScratch(4000L * calls, _ -> {}));
        });
        assertEquals(0, card.replays);
        assertEquals(false, card.recording);
    }

    @Test
    void memoryThatIsKeptPreventsIt() {
        run(6, () -> context.run("work", "", () -> context.pool().take(512)));
        assertEquals(0, card.replays);
    }

    @Test
    void anErrorOfTheWorkItselfComesThrough() {
        run(3, this::work);
        assertThrows(
                IllegalStateException.class,
                () -> run(1, () -> {
                    throw new IllegalStateException("no");
                }));
        assertEquals(false, card.recording);
        run(2, this::work);
        assertEquals(5, calls);
    }
}
