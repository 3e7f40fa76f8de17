package dev.obverse.benchmarks.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkTest {
    static List<Work> oneOfEach() {
        return List.of(
                new AdamWork(100),
                new BatchNormWork(true, 2, 8, 4),
                new ConcatWork(2, 8, 4),
                new ConvWork(Work.Direction.INPUT_GRADIENT, 2, 8, 4, 6),
                new GemmWork(16),
                new LeakyReluWork(true, 2, 8, 4),
                new LinearWork(false, 2, 64, 16),
                new MaxPoolWork(true, 2, 8, 4),
                new RecogniserWork(1, RecogniserWork.IRESNET50),
                new StepWork(4, 16, 2),
                new TraceWork(4, 16, 1),
                new UpWork(Work.Direction.WEIGHT_GRADIENT, 2, 8, 4, 6));
    }

    @Test
    void thereIsOneOfEach() {
        assertEquals(Work.class.getPermittedSubclasses().length, oneOfEach().size());
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void codeNamesTheWork(Work work) {
        assertEquals(work, Work.parse(work.code()));
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void oneYardstickFitsEach(Work work) {
        assertEquals(1, (work.flops() > 0 ? 1 : 0) + (work.bytes() > 0 ? 1 : 0), work.title());
    }

    /** What two libraries compare must not depend on how often the work was done before. */
    @ParameterizedTest
    @MethodSource("oneOfEach")
    void resultRepeats(Work work) {
        var task = work.ours();
        var first = task.result().clone();
        task.run();
        Assertions.assertArrayEquals(first, task.result());
    }

    /** The figures of the paper's size: 3.35 GMAC an encoder pass with its head, 9.5 GMAC a decoder pass. */
    @Test
    void operationsOfTheNetwork() {
        assertEquals(2 * (5 * 3.35e9 + 2 * 9.5e9) * 3, new StepWork(64, 128, 1).flops(), 3e9);
    }

    /** 6.3 GMAC and 43.6 million weights, as published; 0.03 million more are in the batch norms that stay. */
    @Test
    void sizeOfIResNet() {
        assertEquals(2 * 6.3e9, new RecogniserWork(1, RecogniserWork.IRESNET50).flops(), 0.1e9);
        assertEquals(4 * 43.6e6, new RecogniserWork(1, RecogniserWork.IRESNET50).model().length, 0.4e6);
    }

    @Test
    void aFileIsNamedByItsUri() {
        var work = RecogniserWork.of(16, Path.of("/faces and more/a:b.onnx"));
        assertEquals("recogniser:16:file:///faces%20and%20more/a:b.onnx", work.code());
        assertEquals(work, Work.parse(work.code()));
        assertEquals("a:b.onnx, 112x112, batch 16", work.title());
    }

    @Test
    void unknownCode() {
        assertThrows(IllegalArgumentException.class, () -> Work.parse("sort:3"));
    }
}
