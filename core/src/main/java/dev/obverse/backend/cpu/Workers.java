package dev.obverse.backend.cpu;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The process's one pool of CPU workers.
 *
 * <p>Work arrives already cut into pieces whose number and extent depend on shapes only, never on the number of
 * threads, so results repeat bit for bit at any thread count. The calling thread works too; a call from inside a piece
 * runs inline, so parallel loops never nest. Idle workers spin briefly before they park: a training step hands over
 * hundreds of short loops a second, and waking a parked thread costs more than many of them.
 */
public final class Workers {
    /** One piece of a parallel loop. */
    @FunctionalInterface
    public interface Piece {
        void run(int piece);
    }

    private static final int SPINS = 20_000;
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);
    private static final ConcurrentLinkedDeque<Job> JOBS = new ConcurrentLinkedDeque<>();
    private static volatile Thread[] helpers = new Thread[0];
    private static volatile int threads = initialThreads();

    private Workers() {}

    private static int initialThreads() {
        int threads = Integer.getInteger("obverse.threads", Runtime.getRuntime().availableProcessors());
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "System property obverse.threads is " + threads + ": it must be at least 1");
        }
        return threads;
    }

    /** Number of threads that work on one operation, the caller included. */
    public static int threads() {
        return threads;
    }

    /** Sets the number of threads that work on one operation, at least 1; results do not depend on it. */
    public static synchronized void setThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + count);
        }
        threads = count;
    }

    /** Runs pieces {@code 0..pieces-1}, in any order and on any thread, and returns when all are done. */
    public static void run(int pieces, Piece body) {
        int width = Math.min(threads, pieces);
        if (width <= 1 || INSIDE.get()) {
            for (int i = 0; i < pieces; i++) {
                body.run(i);
            }
            return;
        }
        startHelpers(width - 1);
        var job = new Job(pieces, body, width);
        JOBS.addLast(job);
        for (int i = 0; i < width - 1; i++) {
            LockSupport.unpark(helpers[i]);
        }
        job.work();
        JOBS.remove(job);
        job.await();
    }

    private static void startHelpers(int count) {
        if (helpers.length >= count) {
            return;
        }
        synchronized (Workers.class) {
            int have = helpers.length;
            if (have >= count) {
                return;
            }
            var grown = java.util.Arrays.copyOf(helpers, count);
            for (int i = have; i < count; i++) {
                grown[i] = Thread.ofPlatform()
                        .daemon()
                        .name("obverse-worker-" + (i + 1))
                        .unstarted(Workers::serve);
            }
            helpers = grown;
            for (int i = have; i < count; i++) {
                grown[i].start();
            }
        }
    }

    private static void serve() {
        int idle = 0;
        while (true) {
            var job = nextJob();
            if (job != null) {
                job.work();
                JOBS.remove(job);
                idle = 0;
            } else if (idle++ < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(JOBS);
                idle = 0;
            }
        }
    }

    private static @Nullable Job nextJob() {
        for (var job : JOBS) {
            if (job.join()) {
                return job;
            }
        }
        return null;
    }

    /** One parallel loop: pieces are claimed one by one, so a slow thread takes fewer. */
    private static final class Job {
        private final int pieces;
        private final Piece body;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger unfinished;
        private final AtomicInteger seats;
        private volatile @Nullable Throwable failure;

        Job(int pieces, Piece body, int width) {
            this.pieces = pieces;
            this.body = body;
            this.unfinished = new AtomicInteger(pieces);
            this.seats = new AtomicInteger(width - 1);
        }

        boolean join() {
            if (next.get() >= pieces) {
                return false;
            }
            if (seats.getAndDecrement() <= 0) {
                seats.getAndIncrement();
                return false;
            }
            return true;
        }

        void work() {
            INSIDE.set(true);
            try {
                for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                    try {
                        body.run(i);
                    } catch (Throwable t) {
                        failure = t;
                    } finally {
                        unfinished.decrementAndGet();
                    }
                }
            } finally {
                INSIDE.set(false);
            }
        }

        void await() {
            while (unfinished.get() > 0) {
                Thread.onSpinWait();
            }
            var thrown = failure;
            if (thrown instanceof RuntimeException e) {
                throw e;
            }
            if (thrown instanceof Error e) {
                throw e;
            }
        }
    }
}
