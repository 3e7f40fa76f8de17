package dev.obverse.cuda.dnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.CopySpec;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The copies into cuDNN's orders of axes are the permutations that they are said to be. */
class ConvLayoutTest {
    private static float[] copied(CopySpec copy, Tensor tensor) {
        var result = Tensor.empty(Device.cpu(), Shape.of(copy.length()));
        tensor.backend().index().copy(copy, tensor.storage(), result.storage());
        return result.toArray();
    }

    @Test
    void images() {
        var x = Tensor.rand(Device.cpu(), new Philox(1), Shape.of(2, 3, 4, 5));
        assertNull(ConvLayout.NHWC.image(2, 3, 4, 5));
        var order = ConvLayout.NCHW.image(2, 3, 4, 5);
        assertNotNull(order);
        assertArrayEquals(x.permute(0, 3, 1, 2).toArray(), copied(order, x));
        var back = copied(ConvLayout.reversed(order), x.permute(0, 3, 1, 2));
        assertArrayEquals(x.toArray(), back);
    }

    @Test
    void weights() {
        var spec = new ConvSpec(1, 9, 9, 6, 4, 3, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2);
        var w = Tensor.rand(Device.cpu(), new Philox(1), Shape.of(3, 2, 3, 4));
        assertNull(ConvLayout.NHWC.weight(spec));
        var transposed = w.reshape(-1, 4).transpose().toArray();
        assertArrayEquals(w.permute(3, 0, 1, 2).toArray(), transposed, "a transposition is [Cout,KH,KW,Cin]");
        var order = ConvLayout.NCHW.weight(spec);
        assertNotNull(order);
        assertArrayEquals(w.permute(3, 2, 0, 1).toArray(), copied(order, w));
    }
}
