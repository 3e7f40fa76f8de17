package dev.obverse.cuda.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The card that is this machine finds what is wrong with a kernel. */
class HostCardTest {
    /** Floats of the array that the kernels get; they run in 2 blocks of 64 threads. */
    private static final int LENGTH = 256;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        shared[t / 2] = t                                | race: threads 0 and 1 of block 0 write the same place
        shared[t] = t; if (t) x[i] = shared[t - 1]       | race: threads 0 and 1 of block 0 write and read the same place
        x[i] = x[i + 1]                                  | race: threads 0 and 1 of block 0 read and write the same place
        x[i] = x[0]                                      | race: threads 0 and 1 of block 0 write and read the same place
        if (i % 64 == 0) x[1] = i                        | race: blocks 0 and 1 write the same place
        x[i * 4] = 1                                     | writes 4 bytes outside of the card's memory
        float v = x[i - 1]; x[i] = v                     | reads 4 bytes outside of the card's memory
        x[i] = ((float4*)(x + 1))->y                     | an access is not aligned
        x[i] = shared[t]                                 | reads shared memory that its block has not written
        if (t < 32) __syncthreads()                      | some threads return, others wait at line 1
        if (t < 32)~ __syncthreads(); else~ __syncthreads() | threads wait at lines 2 and 3
        """)
    void mistakesAreFound(String mistake, String sentence) {
        var thrown = assertThrows(IllegalStateException.class, () -> run(mistake.replace('~', '\n')));
        assertEquals("kernel: " + sentence, thrown.getMessage());
    }

    @Test
    void whatIsRightPasses() {
        run(
                "shared[t] = x[i + 128]; __syncthreads(); x[i] = shared[t ^ 1] + x[i]; __syncthreads(); shared[t] = x[2 * LENGTH / 3]"
                        .replace("LENGTH", String.valueOf(LENGTH)));
    }

    private void run(String body) {
        assumeTrue(HostCard.possible(), "g++ is not on the PATH: no kernel was run");
        var text = """
            extern "C" __global__ void kernel(float* x) { __shared__ volatile float shared[64]; int t = threadIdx.x, i = blockIdx.x * 64 + t; %s; }
            """.formatted(body);
        try (var card = new HostCard(folder);
                var arena = Arena.ofConfined()) {
            long kernel = card.load(card.compile("kernel.cu", text, List.of("kernel")), "kernel")[0];
            var x = arena.allocateFrom(ValueLayout.JAVA_LONG, card.allocate(4 * LENGTH));
            card.launch(
                    kernel,
                    2,
                    1,
                    64,
                    1,
                    arena.allocateFrom(ValueLayout.ADDRESS, x).address());
        }
    }
}
