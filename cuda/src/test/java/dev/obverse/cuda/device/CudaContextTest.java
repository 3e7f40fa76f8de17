package dev.obverse.cuda.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.tensor.Device;
import org.junit.jupiter.api.Test;

class CudaContextTest {
    private final FakeCard card = new FakeCard(1 << 20);
    private final CudaContext context = new CudaContext(Device.cuda(0), card, false);

    @Test
    void aFailedLaunchNamesCallKernelAndShapes() {
        card.launchStatus = 700;
        var error = assertThrows(
                CudaException.class, () -> context.run("softmax", "3 rows of 5", () -> card.launch(0, 1, 1, 1, 1, 0)));
        var message = String.valueOf(error.getMessage());
        assertTrue(
                message.startsWith("softmax 3 rows of 5 on cuda:0: cuLaunchKernel failed with status 700, an illegal"),
                message);
        assertTrue(message.contains("-Dobverse.cuda.debug=true"), message);
        assertEquals(700, error.status());
    }

    @Test
    void aLostCardSaysWhereToLook() {
        card.launchStatus = 999;
        var error =
                assertThrows(CudaException.class, () -> context.run("fill", 1, () -> card.launch(0, 1, 1, 1, 1, 0)));
        assertTrue(String.valueOf(error.getMessage()).contains("nvidia-smi and dmesg"), error.getMessage());
    }

    @Test
    void debugWaitsAfterEachPieceOfWork() {
        var debugging = new CudaContext(Device.cuda(0), card, true);
        debugging.run("nothing", 0, () -> {});
        assertEquals(1, card.synchronizations);
        context.run("nothing", 0, () -> {});
        assertEquals(1, card.synchronizations);
    }

    @Test
    void memoryOfAnotherDeviceIsRefused() {
        var ours = context.allocate(3);
        var cpu = Device.cpu().backend().memory().allocate(3);
        var wrong = assertThrows(IllegalArgumentException.class, () -> context.address(cpu));
        assertTrue(String.valueOf(wrong.getMessage()).contains("move the tensor to cuda:0 first"), wrong.getMessage());
        var second = new CudaContext(Device.cuda(1), card, false);
        assertThrows(IllegalArgumentException.class, () -> second.address(ours));
    }

    @Test
    void releasedMemoryGoesBackOnce() {
        var storage = context.allocate(100);
        context.release(storage);
        assertEquals(0, context.pool().statistics().liveBlocks());
        context.release(storage);
        assertEquals(512, context.pool().statistics().pooledBytes());
    }
}
