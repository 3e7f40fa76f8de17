package dev.obverse.backend.cpu;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The process's one pool of CPU workers.
 *
 * <p>Work arrives already cut into pieces whose number and extent depend on shapes only, never on the number of
 * threads, so results repeat bit for bit at any thread count. The calling thread works too; a call from inside a piece
 * runs inline, so parallel loops never nest. Idle workers spin briefly before they park: a training step hands over
 * hundreds of short loops a second, and waking a parked thread costs more than many of them.
 *
 * <p>Helpers are only ever an offer: the caller claims pieces until none is left, so a loop finishes even if every
 * helper is busy elsewhere, and any number of callers may run loops at once.
 */
public final class Workers {
    /** One piece of a parallel loop. */
    @FunctionalInterface
    public interface Piece {
        void run(int piece);
    }

    /** How long a thread spins before it parks: longer than most gaps between two kernels, too short to be felt. */
    private static final long SPIN_NANOS = 40_000;

    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);
    private static final ConcurrentLinkedDeque<Job> JOBS = new ConcurrentLinkedDeque<>();
    private static volatile Helper[] helpers = new Helper[0];
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
    public static void setThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + count);
        }
        threads = count;
    }

    /**
     * Runs pieces {@code 0..pieces-1}, in any order and on any thread, and returns when all are done. If a piece
     * throws, pieces that have not started are skipped, and the first exception is thrown here once the others have
     * ended.
     */
    public static void run(int pieces, Piece body) {
        int width = Math.min(threads, pieces);
        if (width <= 1 || INSIDE.get()) {
            for (int i = 0; i < pieces; i++) {
                body.run(i);
            }
            return;
        }
        var job = new Job(pieces, body, width - 1);
        JOBS.addLast(job);
        invite(width - 1);
        job.work(0);
        JOBS.remove(job);
        job.await();
        job.rethrow();
    }

    /** Makes sure that {@code count} helpers look at the jobs, as far as that many are idle. */
    private static void invite(int count) {
        var crew = crew(count);
        int wanted = count;
        for (var helper : crew) {
            if (helper.state == Helper.SPINNING) {
                wanted--;
            }
        }
        for (int i = 0; i < crew.length && wanted > 0; i++) {
            if (crew[i].state == Helper.PARKED) {
                LockSupport.unpark(crew[i].thread);
                wanted--;
            }
        }
    }

    private static Helper[] crew(int count) {
        return helpers.length >= count ? helpers : grownCrew(count);
    }

    private static synchronized Helper[] grownCrew(int count) {
        int have = helpers.length;
        if (have < count) {
            var grown = Arrays.copyOf(helpers, count);
            for (int i = have; i < count; i++) {
                grown[i] = new Helper(i + 1);
                grown[i].thread.start();
            }
            helpers = grown;
        }
        return helpers;
    }

    private static @Nullable Job nextJob() {
        for (var job : JOBS) {
            if (job.join()) {
                return job;
            }
        }
        return null;
    }

    /** A daemon thread that joins whatever job has a free seat. */
    private static final class Helper {
        static final int WORKING = 0;
        static final int SPINNING = 1;
        static final int PARKED = 2;

        final Thread thread;
        final int number;
        volatile int state = SPINNING;

        Helper(int number) {
            this.number = number;
            thread = Thread.ofPlatform()
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .name("obverse-worker-" + number)
                    .unstarted(this::serve);
        }

        private void serve() {
            while (true) {
                var job = nextJob();
                if (job == null) {
                    job = idle();
                }
                state = WORKING;
                job.work(number);
            }
        }

        private Job idle() {
            while (true) {
                state = SPINNING;
                long start = System.nanoTime();
                while (System.nanoTime() - start < SPIN_NANOS) {
                    var job = nextJob();
                    if (job != null) {
                        return job;
                    }
                    Thread.onSpinWait();
                }
                // Either the look after this write finds a new job, or its caller sees the write and unparks.
                state = PARKED;
                var job = nextJob();
                if (job != null) {
                    return job;
                }
                LockSupport.park(JOBS);
                // A pending interrupt would turn every later park into a spin.
                Thread.interrupted();
            }
        }
    }

    /**
     * One parallel loop: pieces are claimed one by one, so a slow thread takes fewer. Each thread begins with a share
     * of its own, the same one in every loop, because what it wrote in the last kernel is still in its cache.
     */
    private static final class Job {
        /** Counters that lie apart from each other. */
        private static final int SPACE = 16;

        private final int pieces;
        private final Piece body;
        private final int width;
        private final AtomicIntegerArray next;
        private final AtomicInteger unfinished;
        private final AtomicInteger seats;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile @Nullable Thread waiter;

        Job(int pieces, Piece body, int seats) {
            this.pieces = pieces;
            this.body = body;
            this.width = seats + 1;
            this.next = new AtomicIntegerArray(width * SPACE);
            this.unfinished = new AtomicInteger(pieces);
            this.seats = new AtomicInteger(seats);
        }

        /** Takes a seat if one is free and there is still something to do. */
        boolean join() {
            if (unfinished.get() <= 0 || seats.get() <= 0) {
                return false;
            }
            if (seats.getAndDecrement() <= 0) {
                seats.getAndIncrement();
                return false;
            }
            return true;
        }

        /** Works on the share of thread {@code number}, and then on what others have left of theirs. */
        void work(int number) {
            INSIDE.set(true);
            try {
                for (int i = 0; i < width; i++) {
                    share((number + i) % width);
                }
            } finally {
                INSIDE.set(false);
            }
        }

        /** Takes pieces of one thread's share until none is left. */
        private void share(int share) {
            int from = (int) ((long) share * pieces / width);
            int count = (int) ((long) (share + 1) * pieces / width) - from;
            int at = share * SPACE;
            while (next.get(at) < count) {
                int i = next.getAndIncrement(at);
                if (i >= count) {
                    return;
                }
                try {
                    if (failure.get() == null) {
                        body.run(from + i);
                    }
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                } finally {
                    finished();
                }
            }
        }

        private void finished() {
            if (unfinished.decrementAndGet() == 0) {
                LockSupport.unpark(waiter);
            }
        }

        /** Spins for the last pieces, then parks: a helper that lost its core may need the one this thread holds. */
        void await() {
            long start = System.nanoTime();
            while (unfinished.get() > 0 && System.nanoTime() - start < SPIN_NANOS) {
                Thread.onSpinWait();
            }
            waiter = Thread.currentThread();
            while (unfinished.get() > 0) {
                LockSupport.park(this);
            }
        }

        void rethrow() {
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable t -> throw new IllegalStateException("A piece of a parallel loop failed: " + t, t);
            }
        }
    }
}
