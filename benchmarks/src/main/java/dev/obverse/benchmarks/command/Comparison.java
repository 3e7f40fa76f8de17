package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.side.Digest;
import dev.obverse.benchmarks.side.Obverse;
import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.side.SideProcess;
import dev.obverse.benchmarks.side.SideProcess.Prepared;
import dev.obverse.benchmarks.work.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures works by all libraries in one run: each in its own process, in short blocks by turns, because a shared
 * machine is not equally fast at all times. At the end their results from the same inputs must agree.
 */
final class Comparison implements AutoCloseable {
    /** Seconds of each phase. Ours warms up for longer: its compiler is at work. */
    private static final double WARM_UP = 0.8;

    private static final double PEER_WARM_UP = 0.2;

    /** A whole network has its own process, in which nothing is compiled yet: after ten steps it is still at work. */
    private static final double NETWORK_WARM_UP = 8;

    private static final double PEER_NETWORK_WARM_UP = 2;
    private static final double PROBE = 0.2;
    private static final double BLOCK = 0.2;
    private static final double NETWORK_BLOCK = 0.6;
    private static final int ROUNDS = 3;

    /** Until a library's threads have gone to sleep: Intel's OpenMP lets them spin for 200 ms. */
    private static final int PAUSE_MILLIS = 300;

    private final Side ours = new Obverse();
    private final List<Side> peers;
    private final int threads;
    private final Map<Side, SideProcess> shared = new LinkedHashMap<>();

    Comparison(List<Side> peers, int threads) {
        this.peers = peers;
        this.threads = threads;
    }

    /** @throws WrongResult if a peer's result is another */
    Row measure(Work work) throws IOException {
        var contenders = new ArrayList<Prepared>();
        try {
            var own = prepare(ours, work, "");
            contenders.add(own);
            own.time(work.ownProcess() ? NETWORK_WARM_UP : WARM_UP, 3);
            for (var peer : peers) {
                var fastest = fastest(peer, work);
                if (fastest != null) {
                    contenders.add(fastest);
                }
            }
            return compared(work, contenders);
        } finally {
            for (var contender : contenders) {
                release(work, contender);
            }
        }
    }

    private Prepared prepare(Side side, Work work, String setting) throws IOException {
        if (work.ownProcess()) {
            return new SideProcess(side, threads).prepare(work, setting);
        }
        var process = shared.get(side);
        if (process == null) {
            process = new SideProcess(side, threads);
            shared.put(side, process);
        }
        return process.prepare(work, setting);
    }

    private static void release(Work work, Prepared prepared) throws IOException {
        if (work.ownProcess()) {
            prepared.process().close();
        } else {
            prepared.drop();
        }
    }

    /** A library ready in the fastest of its settings, or null if it cannot do the work. */
    private @Nullable Prepared fastest(Side peer, Work work) throws IOException {
        Prepared fastest = null;
        double best = 0;
        for (var setting : peer.settings(work)) {
            var prepared = prepare(peer, work, setting);
            prepared.time(work.ownProcess() ? PEER_NETWORK_WARM_UP : PEER_WARM_UP, 2);
            double time = Arrays.stream(prepared.time(PROBE, 3)).min().orElseThrow();
            if (fastest == null || time < best) {
                if (fastest != null) {
                    release(work, fastest);
                }
                fastest = prepared;
                best = time;
            } else {
                release(work, prepared);
            }
        }
        return fastest;
    }

    private Row compared(Work work, List<Prepared> contenders) throws IOException {
        var nanos = new LinkedHashMap<Prepared, DoubleStream.Builder>();
        double peak = 0;
        double copy = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (var contender : contenders) {
                pause();
                // What ran in between has taken the caches: the first run of a block is nobody's steady state.
                contender.time(0, 1);
                var times = nanos.computeIfAbsent(contender, _ -> DoubleStream.builder());
                for (double time : contender.time(work.ownProcess() ? NETWORK_BLOCK : BLOCK, 1)) {
                    times.add(time);
                }
            }
            var rates = yardstick().peak();
            peak = Math.max(peak, rates[0]);
            copy = Math.max(copy, rates[1]);
        }
        var timings = new ArrayList<Timing>();
        for (var entry : nanos.entrySet()) {
            var contender = entry.getKey();
            timings.add(new Timing(
                    contender.sideName(),
                    contender.setting(),
                    entry.getValue().build().toArray(),
                    contender.secondsToFirst(),
                    contender.process().memory()[0]));
        }
        verify(work, contenders);
        return new Row(work, timings.getFirst(), timings.subList(1, timings.size()), peak, copy);
    }

    /** Our process for everything that has none of its own: the yardsticks must not count as a work's memory. */
    private SideProcess yardstick() throws IOException {
        var process = shared.get(ours);
        if (process == null) {
            process = new SideProcess(ours, threads);
            shared.put(ours, process);
        }
        return process;
    }

    private static void verify(Work work, List<Prepared> contenders) throws IOException {
        if (contenders.size() == 1) {
            return;
        }
        Digest own = contenders.getFirst().result();
        for (var peer : contenders.subList(1, contenders.size())) {
            var other = peer.result();
            double distance = own.distance(other);
            if (!(distance <= work.tolerance())) {
                throw new WrongResult(work, peer.sideName(), distance, own + " and " + other);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Two libraries that disagree: no time of theirs means anything. */
    static final class WrongResult extends IllegalStateException {
        private static final long serialVersionUID = 1;

        WrongResult(Work work, String peer, double distance, String results) {
            super("%s: our result and that of %s differ by %.2g of their size, where rounding explains %.2g: %s"
                    .formatted(work.title(), peer, distance, work.tolerance(), results));
        }
    }

    @Override
    public void close() {
        shared.values().forEach(SideProcess::close);
    }
}
