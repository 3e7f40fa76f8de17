package dev.obverse.cuda.dnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.ConvSpec;
import dev.obverse.tensor.Device;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConvGeometryTest {
    private static ConvSpec spec(int h, int k, int stride, int dilation, int top, int left, int bottom, int right) {
        return new ConvSpec(1, h, h + 1, 2, 3, k, k, stride, stride, top, left, bottom, right, dilation, dilation, 1);
    }

    /** What cuDNN computes from its descriptors is what the specification asks for, image copied or not. */
    @Property(tries = 300)
    void cudnnSeesTheSameConvolution(
            @ForAll @IntRange(min = 1, max = 7) int h,
            @ForAll @IntRange(min = 1, max = 4) int k,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll @IntRange(max = 3) int top,
            @ForAll @IntRange(max = 3) int left,
            @ForAll @IntRange(max = 3) int bottom,
            @ForAll @IntRange(max = 3) int right) {
        Assume.that(h + top + bottom > dilation * (k - 1) && h + 1 + left + right > dilation * (k - 1));
        var s = spec(h, k, stride, dilation, top, left, bottom, right);
        var g = ConvGeometry.of(s);
        var seen = new ConvSpec(
                1, g.h(), g.w(), 2, 3, k, k, stride, stride, g.padH(), g.padW(), g.padH(), g.padW(), dilation, dilation,
                1);
        assertEquals(s.outH(), seen.outH());
        assertEquals(s.outW(), seen.outW());

        var cpu = Device.reference().backend();
        var image = new double[s.h() * s.w() * 2];
        Arrays.setAll(image, i -> i * 37 % 11 - 5);
        var weight = new double[s.weightSize()];
        Arrays.setAll(weight, i -> i * 53 % 13 - 6);
        var x = cpu.memory().allocate(image.length);
        cpu.memory().write(image, x);
        var w = cpu.memory().allocate(weight.length);
        cpu.memory().write(weight, w);
        var padded = cpu.memory().allocate(g.h() * g.w() * 2);
        cpu.memory().fill(padded, 0);
        cpu.index().copy(CudnnConv.padding(s, g), x, padded);
        var y = cpu.memory().allocate(s.outPixels() * 3);
        var z = cpu.memory().allocate(s.outPixels() * 3);
        var cropped = cpu.memory().allocate(image.length);
        cpu.index().copy(CudnnConv.cropping(s, g), padded, cropped);
        var back = new double[image.length];
        cpu.memory().read(cropped, back);
        assertArrayEquals(image, back);
        cpu.conv().forward(s, 1, List.of(x), w, null, y);
        cpu.conv().forward(seen, 1, List.of(padded), w, null, z);
        var expected = new double[y.length()];
        var actual = new double[y.length()];
        cpu.memory().read(y, expected);
        cpu.memory().read(z, actual);
        assertArrayEquals(expected, actual);
    }

    @Test
    void theImageIsCopiedOnlyWhereItMustBe() {
        var same = spec(8, 3, 1, 1, 1, 1, 1, 1);
        assertFalse(ConvGeometry.of(same).pads(same));
        var even = spec(6, 2, 1, 1, 0, 0, 1, 1);
        assertTrue(ConvGeometry.of(even).pads(even));
        assertEquals(7, ConvGeometry.of(even).h());
        var unusedRow = spec(8, 3, 2, 1, 1, 1, 0, 0);
        assertEquals(8, ConvGeometry.of(unusedRow).h(), "no window reaches the row that cuDNN adds below");
        assertEquals(1, ConvGeometry.of(unusedRow).padH());
    }
}
