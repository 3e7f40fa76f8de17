package dev.obverse.examples.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.obverse.backend.Backend;
import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ElementwiseKernels;
import dev.obverse.backend.OuterProductKernels;
import dev.obverse.backend.Storage;
import dev.obverse.backend.Unary;
import dev.obverse.tensor.Device;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ParityBackendTest {
    /** The CPU, whose TANH is one part in a thousand too large. */
    private static Backend wrong() {
        var cpu = Device.cpu().backend();
        return proxy(Backend.class, cpu, (family, method, arguments) -> {
            if (method.equals("elementwise")) {
                return proxy(ElementwiseKernels.class, family, (result, kernel, given) -> {
                    if (kernel.equals("unary") && ((Unary) given[0]).kind() == Unary.Kind.TANH) {
                        var y = (Storage) given[2];
                        cpu.elementwise().unary(Unary.affine(1.001, 0), y, y, (int) given[3]);
                    }
                    return result;
                });
            }
            return family;
        });
    }

    private interface After {
        Object change(Object result, String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Object target, After after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return after.change(method.invoke(target, arguments), method.getName(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void onlyTheWrongKernelDiffers() {
        var parity = new ParityBackend(Device.cpu().backend(), wrong());
        var both = parity.as(Device.cuda(96));
        var x = both.memory().allocate(3);
        both.memory().write(new float[] {1, 2, -3}, x);
        var y = both.memory().allocate(3);
        both.elementwise().unary(Unary.of(Unary.Kind.TANH), x, y, 3);
        both.elementwise().unary(Unary.of(Unary.Kind.EXP), y, y, 3);

        assertEquals(2, parity.comparisons().size());
        var tanh = parity.comparisons().get(0);
        assertEquals("Elementwise unary", tanh.family() + " " + tanh.kernel());
        assertEquals(1e-3, tanh.difference(), 1e-6);
        assertEquals(0, parity.comparisons().get(1).difference());
        var values = new double[3];
        both.memory().read(y, values);
        assertEquals(Math.exp(Math.tanh(1)), values[0], 1e-6);
        assertEquals(Device.cuda(96), both.device());
    }

    @Test
    void blocksOfAListAreComparedToo() {
        var parity =
                new ParityBackend(Device.cpu().backend(), Device.reference().backend());
        var both = parity.as(Device.cuda(96));
        var spec = ConvSpec.square(1, 1, 2, 2, 1, 1, 1, 0);
        var blocks = new ArrayList<Storage>();
        for (float[] values : new float[][] {{1, 2}, {3, 4}, {10, 100}, {7, 7}}) {
            var block = both.memory().allocate(2);
            both.memory().write(values, block);
            blocks.add(block);
        }
        both.conv().forward(spec, 1, blocks.subList(0, 2), blocks.get(2), null, blocks.get(3));

        var forward = parity.comparisons().getFirst();
        assertEquals("Conv forward", forward.family() + " " + forward.kernel());
        assertEquals(0, forward.difference());
        var values = new double[2];
        both.memory().read(blocks.get(3), values);
        assertArrayEquals(new double[] {310, 420}, values);
    }

    @Test
    void largeGradientsAreComputedOnBoth() {
        var cpu = Device.cpu().backend();
        assertInstanceOf(OuterProductKernels.class, cpu.optimizer(), "the CPU by itself keeps them");
        var parity = new ParityBackend(cpu, Device.reference().backend());
        var both = parity.as(Device.cuda(96));
        assertFalse(both.optimizer() instanceof OuterProductKernels);
    }

    @Test
    void aNumberThatIsNotFiniteIsInfinitelyFar() {
        assertEquals(Double.POSITIVE_INFINITY, ParityBackend.difference(new double[] {1}, new double[] {Double.NaN}));
        assertEquals(0, ParityBackend.difference(new double[] {Double.NaN}, new double[] {Double.NaN}));
        assertEquals(0.5, ParityBackend.difference(new double[] {4, 1}, new double[] {4, 3}));
    }
}
