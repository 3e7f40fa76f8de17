package dev.obverse.cuda.device;

import dev.obverse.backend.StepKernels;

/**
 * Work of fixed shapes that a card does over and over: plainly at first, which chooses algorithms and compiles, then
 * once in memory of its own, then as a recording (a CUDA graph). Work that cannot be recorded goes on plainly, and one
 * log line says why.
 */
public final class RecordedWork implements StepKernels.Repeated {
    private static final System.Logger LOG = System.getLogger(RecordedWork.class.getName());

    /** Calls before the one that fills the reserve. */
    private static final int PLAIN_CALLS = 2;

    private final CudaContext context;
    private final DevicePool.Reserve reserve = new DevicePool.Reserve();
    private int calls;
    private boolean plain;
    private long recording;

    public RecordedWork(CudaContext context) {
        this.context = context;
    }

    @Override
    public void run(Runnable work) {
        if (recording != 0) {
            replay();
        } else if (plain || calls < PLAIN_CALLS) {
            calls++;
            work.run();
        } else if (calls == PLAIN_CALLS) {
            calls++;
            fillReserve(work);
        } else if (record(work)) {
            replay();
        } else {
            work.run();
        }
    }

    private void replay() {
        context.run("recorded work", "", () -> {
            context.dropCopies();
            context.card().replay(recording);
        });
    }

    /** Does the work, and sees whether it would be the same another time. */
    private void fillReserve(Runnable work) {
        context.exclusively(() -> {
            long transfers = context.transfers();
            context.dropCopies();
            context.pool().open(reserve, true);
            try {
                work.run();
            } finally {
                context.dropCopies();
                context.pool().close();
            }
            if (context.transfers() != transfers) {
                giveUp("values go between this machine and the card in every step");
            } else if (context.pool().live(reserve) > 0) {
                giveUp(context.pool().live(reserve) + " blocks of its memory are still in use when it is done");
            }
        });
    }

    /** False if nothing has been done at all. */
    private boolean record(Runnable work) {
        context.exclusively(() -> {
            boolean begun = false;
            try {
                context.dropCopies();
                context.pool().open(reserve, false);
                context.card().beginRecording();
                begun = true;
                context.recording(true);
                work.run();
                begun = false;
                recording = context.card().endRecording();
                context.countRecording();
            } catch (RuntimeException e) {
                if (begun) {
                    context.card().abandonRecording();
                }
                giveUp(String.valueOf(e.getMessage()));
            } finally {
                context.recording(false);
                context.dropCopies();
                context.pool().close();
            }
        });
        return recording != 0;
    }

    private void giveUp(String reason) {
        plain = true;
        context.pool().dissolve(reserve);
        LOG.log(
                System.Logger.Level.INFO,
                "The step cannot be recorded, its kernels are started one by one: {0}",
                reason);
    }

    @Override
    public void close() {
        context.exclusively(() -> {
            if (recording != 0) {
                context.card().forget(recording);
                recording = 0;
            }
            plain = true;
            context.pool().dissolve(reserve);
        });
    }
}
