package dev.obverse.contract;

import dev.obverse.backend.cpu.ConvAlgorithm;
import dev.obverse.backend.cpu.CpuBackend;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The convolutions of the contract with each algorithm forced, since the device's own choice gives no case to both. */
@Tag("contract")
@Tag("vector")
class ConvAlgorithmsTest {
    /** A Winograd result adds up 36 products of two numbers, each itself a sum of at most 36. */
    private static final int WINOGRAD_TERMS = 72;

    @TestFactory
    Stream<DynamicTest> direct() {
        return with(ConvAlgorithm.DIRECT, cases());
    }

    @TestFactory
    Stream<DynamicTest> winograd() {
        return with(
                ConvAlgorithm.WINOGRAD,
                cases().map(c -> c.scale(Scale.MOST_TERMS).terms(WINOGRAD_TERMS)));
    }

    private static Stream<Case> cases() {
        return Stream.concat(ConvCases.all().stream(), ConvTransposeCases.all().stream());
    }

    private static Stream<DynamicTest> with(ConvAlgorithm algorithm, Stream<Case> cases) {
        var backend = CpuBackend.open(algorithm);
        return cases.map(c -> DynamicTest.dynamicTest(c.name(), () -> BackendContract.check(c, backend, 1, 2, 5)));
    }
}
