package dev.obverse.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.benchmarks.side.Side;
import dev.obverse.benchmarks.work.GemmWork;
import dev.obverse.benchmarks.work.Task;
import dev.obverse.benchmarks.work.Work;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    /** A peer that computes as we do, and is right if its setting says so. */
    public static class Peer implements Side {
        @Override
        public String name() {
            return "peer";
        }

        @Override
        public List<String> settings(Work work) {
            return List.of("right");
        }

        @Override
        public Map<String, String> environment(int threads) {
            return Map.of();
        }

        @Override
        public List<String> jvmOptions(int threads) {
            return List.of("--add-modules", "jdk.incubator.vector");
        }

        @Override
        public void start(int threads) {}

        @Override
        public Task prepare(Work work, String setting) {
            var ours = work.ours();
            return new Task() {
                @Override
                public void run() {
                    ours.run();
                }

                @Override
                public float[] result() {
                    var result = ours.result();
                    if (!setting.equals("right")) {
                        result[result.length / 2] += 1;
                    }
                    return result;
                }
            };
        }
    }

    /** Fast because it leaves something out. */
    public static final class WrongPeer extends Peer {
        @Override
        public List<String> settings(Work work) {
            return List.of("wrong");
        }
    }

    @Test
    void aPeerThatAgreesIsReported() throws IOException {
        try (var comparison = new Comparison(List.of(new Peer()), 1)) {
            var row = comparison.measure(new GemmWork(16));
            assertEquals(List.of("peer"), row.peers().stream().map(Timing::side).toList());
            assertEquals("right", row.peers().getFirst().setting());
        }
    }

    @Test
    void aWrongResultFailsAndIsNamed() throws IOException {
        try (var comparison = new Comparison(List.of(new WrongPeer()), 1)) {
            var e = assertThrows(Comparison.WrongResult.class, () -> comparison.measure(new GemmWork(16)));
            assertTrue(String.valueOf(e.getMessage()).contains("gemm 16"), e.getMessage());
        }
    }
}
