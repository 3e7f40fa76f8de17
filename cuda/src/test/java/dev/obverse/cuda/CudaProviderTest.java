package dev.obverse.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CudaProviderTest {
    @Test
    void aTensorOnACardFailsWithTheReasonAndNeverFallsBack() {
        var error = assertThrows(IllegalStateException.class, () -> Tensor.zeros(Device.cuda(1), Shape.of(2)));
        assertTrue(String.valueOf(error.getMessage()).startsWith("Device cuda:1 cannot be used"), error.toString());
    }

    @Test
    void theBestDeviceIsTheCpu() {
        assertEquals(Device.cpu(), Device.best());
    }
}
