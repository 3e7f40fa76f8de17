package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.nn.checkpoint.Npy;
import dev.obverse.nn.checkpoint.PyTorchFile;
import dev.obverse.nn.checkpoint.WeightImport;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Against the same network in PyTorch, {@code iresnet_golden.py}. */
class IResNetTest {
    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(IResNetTest.class.getResource(name), name)
                .toURI());
    }

    @Test
    void pyTorchsWeightsGivePyTorchsVectors() throws IOException, URISyntaxException {
        var net = new IResNet(List.of(1, 2, 1, 1), 2, 32, 6, new Philox(1));
        var report = WeightImport.of(PyTorchFile.read(resource("iresnet.pt")))
                .flattened("fc.weight", 16, 2, 2)
                .into(net);
        assertTrue(report.unused().stream().allMatch(n -> n.endsWith("num_batches_tracked (I64)")), report.toString());
        net.eval();
        var arrays = Npy.readAll(resource("iresnet.npz"));
        var x = Objects.requireNonNull(arrays.get("x"));
        var y = net.forward(Tensor.of(Device.cpu(), x.floats(), x.shape()).permute(0, 2, 3, 1));
        assertArrayEquals(Objects.requireNonNull(arrays.get("y")).floats(), y.toArray(), 1e-5f);
    }

    @Test
    void fiftyLayersHaveTheWeightsOfThePaper() {
        var net = new IResNet(IResNet.BLOCKS_50, 64, 112, 512, new Philox(1));
        assertEquals(43_590_848, net.parameterCount());
    }
}
