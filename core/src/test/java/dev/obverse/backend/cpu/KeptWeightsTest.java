package dev.obverse.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.obverse.backend.ConvSpec;
import dev.obverse.backend.ConvTail;
import dev.obverse.backend.Storage;
import dev.obverse.random.Philox;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions without a gradient keep their weights in another order: the bits are those of training. */
class KeptWeightsTest {
    private static final double SLOPE = 0.2;

    @ParameterizedTest
    @EnumSource
    void oneWeightAgainAndAgain(ConvAlgorithm algorithm) {
        var backend = CpuBackend.open(algorithm);
        // More channels than Winograd transforms at a time, of which the last are few; half a panel of results.
        check(backend, ConvSpec.square(2, 8, 8, 80, 48, 3, 1, 1));
        check(backend, ConvSpec.square(1, 16, 16, 128, 80, 3, 1, 1));
        check(backend, ConvSpec.square(1, 9, 9, 40, 24, 1, 1, 0));
    }

    @ParameterizedTest
    @EnumSource
    void oneWeightForImagesOfSeveralSizes(ConvAlgorithm algorithm) {
        var backend = CpuBackend.open(algorithm);
        var w = normal(backend, 1, 9 * 80 * 48);
        for (int round = 0; round < 3; round++) {
            for (int size : new int[] {8, 64, 5}) {
                compare(backend, ConvSpec.square(1, size, size, 80, 48, 3, 1, 1), w);
                compare(backend, ConvSpec.square(1, size, size, 80, 48, 3, 1, 1), w);
            }
        }
    }

    private static void check(CpuBackend backend, ConvSpec spec) {
        var w = normal(backend, 1, spec.weightSize());
        for (int round = 2; round < 5; round++) {
            for (int i = 0; i < 3; i++) {
                compare(backend, spec, w);
            }
            backend.memory().write(values(round, spec.weightSize()), w);
        }
    }

    private static void compare(CpuBackend backend, ConvSpec spec, Storage w) {
        var x = normal(backend, 7, spec.n() * spec.h() * spec.w() * spec.cin());
        var bias = normal(backend, 8, spec.cout());
        int length = spec.outPixels() * spec.cout();
        var trained = backend.memory().allocate(length);
        backend.conv().forward(spec, SLOPE, List.of(x), w, bias, trained);
        var inferred = backend.memory().allocate(length);
        var leaky = new ConvTail(null, SLOPE, null, Double.POSITIVE_INFINITY);
        backend.conv().infer(spec, leaky, List.of(x), w, bias, inferred);
        assertArrayEquals(read(backend, trained, length), read(backend, inferred, length), spec.toString());
    }

    private static float[] read(CpuBackend backend, Storage storage, int length) {
        var values = new float[length];
        backend.memory().read(storage, values);
        return values;
    }

    private static Storage normal(CpuBackend backend, int stream, int length) {
        var storage = backend.memory().allocate(length);
        backend.memory().write(values(stream, length), storage);
        return storage;
    }

    private static float[] values(int stream, int length) {
        var values = new float[length];
        new Philox(5, stream).fillNormal(values, 0, 1);
        return values;
    }
}
