package dev.obverse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say about devices; no card is needed, and a 98th card is on no machine. */
class DeviceCommandsTest {
    @Test
    void doctorSaysWhatIsThereAndNeverFails() throws IOException {
        var result = Cli.run("doctor", "--json");
        assertEquals(0, result.code(), result.err());
        var json = new ObjectMapper().readTree(result.out());
        assertTrue(json.get("findings").size() > 5, result.out());
        assertTrue(result.err().contains("] driver: "), result.err());
        assertTrue(result.err().contains("] cuDNN 9: "), result.err());
    }

    @Test
    void doctorFailsForADeviceThatCannotBeUsed() {
        var result = Cli.run("doctor", "--device", "cuda:97");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("Device cuda:97 cannot be used: "), result.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train --pairs p.csv --preset tiny",
                "trace --model m x.png",
                "evaluate --model m --pairs p.csv",
                "parity"
            })
    void aDeviceThatCannotBeUsedIsOneSentence(String command) {
        var result = Cli.run((command + " --device cuda:97").split(" ", -1));
        assertEquals(1, result.code(), result.err());
        var lines = result.err().lines().toList();
        assertEquals(1, lines.size(), result.err());
        assertTrue(lines.getFirst().contains("Device cuda:97 cannot be used: "), result.err());
    }

    @Test
    void parityOfTheCpuWithTheOracle() {
        var result = Cli.run("parity", "--device", "reference", "--width", "2", "--size", "16", "--batch", "1");
        assertEquals(0, result.code(), result.out() + result.err());
        assertTrue(result.out().contains("kernels and shapes agree."), result.out());
        assertTrue(result.out().contains("inputGradient"), result.out());
        assertFalse(result.out().contains("!"), result.out());
    }

    @Test
    void parityWithBatchNorm() {
        var result = Cli.run(
                "parity", "--device", "reference", "--preset", "recommended", "--width", "2", "--size", "8", "--json");
        assertEquals(0, result.code(), result.out() + result.err());
        assertTrue(result.out().contains("\"alike\":true"), result.out());
    }

    @Test
    void parityOfTheCpuWithItselfIsWrongUsage() {
        assertEquals(2, Cli.run("parity").code());
    }
}
