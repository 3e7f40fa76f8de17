package dev.obverse.nn.optim;

import static dev.obverse.nn.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.obverse.nn.Golden;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static double[] factors(Schedule schedule, int count) {
        return IntStream.range(0, count).mapToDouble(schedule::factor).toArray();
    }

    private static double[] golden(String name) {
        JsonNode array = Golden.of(name).json();
        return Golden.numbers(array);
    }

    @Test
    void stepAndCosineArePyTorchs() {
        assertClose(golden("stepSchedule"), factors(Schedule.step(4, 0.3), 12), 1e-12);
        assertClose(golden("cosineSchedule"), factors(Schedule.cosine(11, 0.1), 12), 1e-12);
    }

    @Test
    void theCosineStaysAtItsFloor() {
        assertEquals(0.1, Schedule.cosine(11, 0.1).factor(1_000_000), 1e-15);
    }

    @Test
    void warmUpRisesToOneAndThenTheScheduleBegins() {
        assertClose(
                new double[] {0.25, 0.5, 0.75, 1, 1, 1, 0.5},
                factors(Schedule.step(2, 0.5).afterWarmUp(4), 7),
                1e-15);
        assertEquals(1, Schedule.constant().factor(12));
    }

    @Test
    void lengthsArePositive() {
        assertThrows(IllegalArgumentException.class, () -> Schedule.cosine(0, 0));
        assertThrows(IllegalArgumentException.class, () -> Schedule.step(0, 0.5));
        assertThrows(IllegalArgumentException.class, () -> Schedule.constant().afterWarmUp(0));
    }
}
