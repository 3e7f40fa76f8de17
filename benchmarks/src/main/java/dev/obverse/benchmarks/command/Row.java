package dev.obverse.benchmarks.command;

import dev.obverse.benchmarks.work.Work;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What came out for one work.
 *
 * @param peak the FMA peak beside it, GFLOP/s
 * @param copy the rate of a memory copy beside it, GB/s
 */
record Row(Work work, Timing ours, List<Timing> peers, double peak, double copy) {
    private boolean isArithmetic() {
        return work.flops() > 0;
    }

    /** GFLOP/s, or GB/s where memory is the bound. */
    double rate() {
        return (isArithmetic() ? work.flops() : work.bytes()) / (ours.medianMs() * 1e6);
    }

    String unit() {
        return isArithmetic() ? "GFLOP/s" : "GB/s";
    }

    /**
     * The rate as a share of the FMA peak or of the copy rate. It can exceed 1: Winograd saves operations, a cache
     * copies.
     */
    double share() {
        return rate() / (isArithmetic() ? peak : copy);
    }

    /**
     * The share in the quietest moment: the peak is the largest of a few bursts, and beside a busy neighbour the median
     * would lose to it what no change of ours has cost.
     */
    double bestShare() {
        return share() * ours.medianMs() / ours.minMs();
    }

    Optional<Timing> fastestPeer() {
        return peers.stream().min(Comparator.comparingDouble(Timing::medianMs));
    }

    /** How many times faster than a peer. */
    double ratio(Timing peer) {
        return peer.medianMs() / ours.medianMs();
    }
}
