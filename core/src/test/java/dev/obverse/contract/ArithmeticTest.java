package dev.obverse.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Storage;
import dev.obverse.contract.Arithmetic.Row;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which tolerance holds for which case, and that devices that round as they say pass, and others do not. */
class ArithmeticTest {
    /** The reference device, but products take inputs of so many significant bits, the others cut off. */
    private static Backend cutting(int bits) {
        var reference = Device.reference().backend();
        return Intercepted.backend(reference, (family, kernel, arguments) -> {
            if (!Arithmetic.multiplies(family, kernel)) {
                return Intercepted.invoke(family, kernel, arguments);
            }
            var changed = arguments.clone();
            int inputs = 0;
            for (int i = 0; i < changed.length && inputs < 2; i++) {
                if (changed[i] instanceof Storage storage) {
                    changed[i] = cut(reference, storage, bits);
                    inputs++;
                } else if (changed[i] instanceof List<?> blocks) {
                    changed[i] = blocks.stream()
                            .map(block -> cut(reference, (Storage) block, bits))
                            .toList();
                    inputs++;
                }
            }
            return Intercepted.invoke(family, kernel, changed);
        });
    }

    private static Storage cut(Backend reference, Storage storage, int bits) {
        var values = KernelCase.read(reference, storage);
        for (int i = 0; i < values.length; i++) {
            int mask = -1 << (24 - bits);
            values[i] = Float.intBitsToFloat(Float.floatToRawIntBits((float) values[i]) & mask);
        }
        var copy = reference.memory().allocate(values.length);
        reference.memory().write(values, copy);
        return copy;
    }

    @ParameterizedTest
    @EnumSource
    void aDeviceThatRoundsAsItSaysPassesAndOneThatRoundsMoreDoesNot(Arithmetic arithmetic) {
        int bits = switch (arithmetic) {
            case FLOAT32 -> 24;
            case TF32 -> 11;
            case BF16 -> 8;
        };
        var rounding = cutting(bits);
        var rougher = cutting(bits - 4);
        Set<String> caught = new HashSet<>();
        int judged = 0;
        for (var c : OpCatalogue.ops()) {
            if (c.size() > 3000) {
                continue;
            }
            var row = arithmetic.row(c);
            var reference = Run.of(c, Device.reference().backend());
            Run.of(c, rounding).assertClose(reference, row);
            if (row.error() > 0 || arithmetic == Arithmetic.FLOAT32) {
                judged++;
                try {
                    Run.of(c, rougher).assertClose(reference, row);
                } catch (AssertionError e) {
                    caught.add(c.name());
                }
            }
        }
        for (var c : OpCatalogue.kernels()) {
            BackendContract.assertClose(c, c.run().apply(rounding), arithmetic.error(c));
        }
        assertTrue(judged > 50 && caught.size() > 25, caught.size() + " of " + judged + " caught");
    }

    @Test
    void theRowFollowsFromTheKernels() {
        var matmul = Case.of("product", x -> x.get(0).matmul(x.get(1)), Shape.of(3, 4), Shape.of(4, 5));
        assertEquals(new Row(0, true), Arithmetic.FLOAT32.row(matmul));
        assertEquals(new Row(0x1p-9, true), Arithmetic.TF32.row(matmul));
        assertEquals(new Row(0x1p-6, true), Arithmetic.BF16.row(matmul));
        var two = Case.of("two", x -> x.get(0).matmul(x.get(1)).matmul(x.get(0)), Shape.of(3, 4), Shape.of(4, 3));
        assertEquals(new Row(0x1p-8, true), Arithmetic.TF32.row(two));
        var maximum = Case.of("maximum", x -> x.get(0).matmul(x.get(1)).amax(1), Shape.of(3, 4), Shape.of(4, 5));
        assertEquals(new Row(0x1p-9, false), Arithmetic.TF32.row(maximum));
        assertEquals(new Row(0, true), Arithmetic.TF32.row(Case.unary("tanh", Tensor::tanh, Shape.of(3))));
        assertEquals(new Row(0, true), Arithmetic.TF32.row(Case.unary("abs", Tensor::abs, Shape.of(3))));
    }
}
