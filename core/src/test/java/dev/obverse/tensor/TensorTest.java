package dev.obverse.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.random.Philox;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a tensor is, apart from what ops compute. */
class TensorTest {
    private static final Device REFERENCE = Device.reference();

    @Test
    void anAdoptedArrayIsTheTensorWhereMemoryIsArraysOfFloats() {
        var values = new float[] {1, 2, 3, 4};
        var tensor = Tensor.adopt(Device.cpu(), values, Shape.of(2, 2));
        tensor.set(new float[] {5, 6, 7, 8});
        assertArrayEquals(new float[] {5, 6, 7, 8}, values);
        var elsewhere = Tensor.adopt(Device.reference(), values, Shape.of(2, 2));
        values[0] = 9;
        assertArrayEquals(new float[] {5, 6, 7, 8}, elsewhere.toArray());
    }

    @Test
    void valuesGoInAndOutExactly() {
        var doubles = new double[] {0.1, 1e-300, Math.PI, -0.0};
        assertArrayEquals(
                doubles, Tensor.of(REFERENCE, doubles, Shape.of(4)).toDoubleArray(), "the reference keeps float64");
        var floats = new float[] {0.1f, Float.MIN_VALUE, Float.MAX_VALUE, -0f};
        for (var device : new Device[] {REFERENCE, Device.cpu()}) {
            assertArrayEquals(floats, Tensor.of(device, floats, Shape.of(2, 2)).toArray());
        }
        var rounded = Tensor.of(Device.cpu(), new double[] {0.1}, Shape.of(1));
        assertEquals((double) 0.1f, rounded.toDoubleArray()[0]);
    }

    @Test
    void arraysAreCopies() {
        var values = new float[] {1, 2};
        var x = Tensor.of(values, 2);
        values[0] = 9;
        x.toArray()[1] = 9;
        assertArrayEquals(new float[] {1, 2}, x.toArray());
        x.set(new float[] {3, 4});
        assertArrayEquals(new float[] {3, 4}, x.toArray());
    }

    @Test
    void toMovesBetweenDevices() {
        var x = Tensor.of(new float[] {1, 2, 3}, 3);
        assertSame(x, x.to(Device.cpu()));
        var there = x.to(REFERENCE);
        assertEquals(REFERENCE, there.device());
        assertArrayEquals(x.toArray(), there.to(Device.cpu()).toArray());
    }

    @Test
    void randomTensorsAreTheSameOnEveryDevice() {
        var shape = Shape.of(3, 5);
        assertArrayEquals(
                Tensor.randn(REFERENCE, new Philox(3), shape).toArray(),
                Tensor.randn(Device.cpu(), new Philox(3), shape).toArray());
        assertArrayEquals(
                Tensor.rand(REFERENCE, new Philox(3), shape).toArray(),
                Tensor.rand(Device.cpu(), new Philox(3), shape).toArray());
    }

    @Test
    void textIsShort() {
        assertEquals(
                "Tensor[2] on cpu [1.0, 2.0]", Tensor.of(new float[] {1, 2}, 2).toString());
        assertEquals("Tensor[] on reference [5.0]", Tensor.scalar(REFERENCE, 5).toString());
        assertEquals(
                "Tensor[10,10] on cpu",
                Tensor.zeros(Device.cpu(), Shape.of(10, 10)).toString());
        assertEquals("cuda:3", Device.cuda(3).toString());
    }

    @Test
    void shapes() {
        var shape = Shape.of(2, 3, 4);
        assertEquals(24, shape.size());
        assertEquals(4, shape.dim(-1));
        assertEquals(1, shape.axis(-2));
        assertArrayEquals(new int[] {12, 4, 1}, shape.strides());
        assertEquals(Shape.of(2, 7, 4), shape.with(1, 7));
        assertEquals(12, shape.product(1, 3));
        assertEquals("[2,3,4]", shape.toString());
        assertEquals(1, Shape.of().size());
        assertEquals(0, Shape.of(3, 0).size());
        assertEquals(Shape.of(2, 3).hashCode(), Shape.of(2, 3).hashCode());
        assertFalse(Shape.of(2, 3).equals(Shape.of(3, 2)));
        assertThrows(IllegalArgumentException.class, () -> shape.dim(3));
        assertThrows(IllegalArgumentException.class, () -> shape.dim(-4));
    }

    @Test
    void argmaxIsTheFirstLargest() {
        var x = Tensor.of(new float[] {1, 5, 5, 7, 2, 7}, 2, 3);
        assertArrayEquals(new int[] {1, 0}, x.argmax(1));
        assertArrayEquals(new int[] {1, 0, 1}, x.argmax(0));
        assertArrayEquals(new int[] {1, 0}, x.argmax(-1));
    }

    @Test
    void dropoutZeroesAShareAndScalesTheRest() {
        var x = Tensor.full(REFERENCE, 2, Shape.of(100, 100)).requiresGrad(true);
        var y = Functional.dropout(x, 0.25, new Philox(1));
        var values = y.toArray();
        long zeros =
                IntStream.range(0, values.length).filter(i -> values[i] == 0).count();
        assertEquals(2500.0, (double) zeros, 200);
        for (float v : values) {
            assertTrue(v == 0 || v == 2 * (float) (1 / 0.75));
        }
        y.sum().backward();
        var gradient = x.grad();
        assertNotNull(gradient);
        var expected = new float[values.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = values[i] / 2;
        }
        assertArrayEquals(expected, gradient.toArray());
        var cpu = Functional.dropout(x.detach().to(Device.cpu()), 0.25, new Philox(1));
        assertArrayEquals(values, cpu.toArray(), "the same mask on every device");
    }

    @Test
    void batchNormReportsItsStatistics() {
        var x = Tensor.of(REFERENCE, new double[] {1, 10, 3, 30, 5, 20}, Shape.of(3, 2));
        var seen = new ArrayList<double[]>();
        Functional.batchNorm(x, null, null, 1e-5, (mean, variance) -> {
            seen.add(mean.toDoubleArray());
            seen.add(variance.toDoubleArray());
        });
        assertArrayEquals(new double[] {3, 20}, seen.get(0), 1e-12);
        assertArrayEquals(new double[] {8 / 3.0, 200 / 3.0}, seen.get(1), 1e-12);
    }

    @Test
    void lengthsOfZeroVectorsAreHarmless() {
        var zero = Tensor.zeros(REFERENCE, Shape.of(2, 3)).requiresGrad(true);
        var other = Tensor.full(REFERENCE, 1, Shape.of(2, 3));
        Functional.cosineSimilarity(zero, other)
                .sum()
                .add(Functional.l2Normalize(zero).sum())
                .backward();
        var gradient = zero.grad();
        assertNotNull(gradient);
        for (double v : gradient.toDoubleArray()) {
            assertTrue(Double.isFinite(v));
        }
        assertArrayEquals(
                new double[] {0, 0}, Functional.cosineSimilarity(zero, other).toDoubleArray());
    }

    @Test
    void aMoveToAnotherDeviceRefusesToDropAGradient() {
        var x = Tensor.of(new float[] {1, 2}, 2).requiresGrad(true);
        var error = assertThrows(IllegalStateException.class, () -> x.to(Device.reference()));
        assertTrue(String.valueOf(error.getMessage()).contains("call detach() first"), error.toString());
        assertArrayEquals(new float[] {1, 2}, x.detach().to(Device.reference()).toArray());
    }
}
