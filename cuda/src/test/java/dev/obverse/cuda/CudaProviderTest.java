package dev.obverse.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.BackendProvider.Finding;
import dev.obverse.backend.Backends;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CudaProviderTest {
    @Test
    void aTensorOnACardThatIsNotThereFailsWithTheReasonAndNeverFallsBack() {
        var error = assertThrows(IllegalStateException.class, () -> Tensor.zeros(Device.cuda(94), Shape.of(2)));
        assertTrue(String.valueOf(error.getMessage()).startsWith("Device cuda:94 cannot be used: "), error.toString());
    }

    @Test
    void theBestDeviceIsACardOnlyIfOneCanBeUsed() {
        var expected = Backends.deviceCount("cuda") > 0 ? Device.cuda(0) : Device.cpu();
        assertEquals(expected, Device.best());
    }

    @Test
    void diagnosisFindsSomethingAboutEveryPart() {
        var subjects = Backends.diagnose("cuda").stream().map(Finding::subject).toList();
        assertTrue(subjects.containsAll(List.of("driver", "CUDA", "cuBLAS", "NVRTC", "cuDNN 9")), subjects.toString());
    }

    @Test
    void aSettingThatIsNoneIsNamed() {
        System.setProperty("obverse.cuda.math", "float16");
        try {
            var finding = new CudaProvider().diagnose().getFirst();
            assertFalse(finding.fine());
            assertTrue(finding.text().contains("-Dobverse.cuda.math=float16 is not one of [float32, tf32, bf16]"));
        } finally {
            System.clearProperty("obverse.cuda.math");
        }
    }
}
