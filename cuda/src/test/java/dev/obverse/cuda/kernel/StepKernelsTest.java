package dev.obverse.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.backend.OptimizerKernels.Adam;
import dev.obverse.backend.StepKernels;
import dev.obverse.backend.StepKernels.AdamArrays;
import dev.obverse.backend.Storage;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.host.HostCard;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels for many arrays at once, and the casts, compiled for this machine. */
class StepKernelsTest {
    /** More arrays than one launch takes, among them empty ones and some of several pieces. */
    private static final int ARRAYS = Arrays.MOST + 5;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private CudaContext context;

    @SuppressWarnings("NullAway.Init")
    private Launcher launcher;

    @BeforeEach
    void open() {
        assumeTrue(HostCard.possible(), "g++ is not on the PATH: kernels were not run on this machine");
        var card = new HostCard(folder);
        context = new CudaContext(Device.cuda(95), card, true);
        launcher = new Launcher(context, new Modules(card::compile));
    }

    @AfterEach
    void close() {
        if (context != null) {
            context.close();
        }
    }

    private static int length(int array) {
        return switch (array % 7) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 40_000;
            case 3 -> 1 << 14;
            default -> 3 * array;
        };
    }

    private Storage normal(int stream, int length) {
        var values = new float[length];
        new Philox(5, stream).fillNormal(values, 0, 1);
        return block(values);
    }

    private Storage block(float... values) {
        var storage = context.allocate(values.length);
        context.write(values, storage);
        return storage;
    }

    private float[] values(Storage storage) {
        var values = new float[storage.length()];
        context.read(storage, values);
        return values;
    }

    private StepKernels steps() {
        return new CudaSteps(context, launcher, false);
    }

    private static Adam spec(int array, int step) {
        return new Adam(1e-2 * (1 + array), 0.5, 0.99, 1e-8, 0.1, array % 2 == 0, 0.25, step + array);
    }

    @Test
    void adamOfManyArraysGivesTheBitsOfAdamOfEach() {
        var many = new ArrayList<AdamArrays>();
        var each = new ArrayList<AdamArrays>();
        for (int i = 0; i < ARRAYS; i++) {
            for (var list : List.of(many, each)) {
                int n = length(i);
                list.add(
                        new AdamArrays(normal(i, n), normal(1000 + i, n), block(new float[n]), block(new float[n]), n));
            }
        }
        var rates = context.allocate(StepKernels.RATES * ARRAYS);
        var gate = block(7, 0.25f);
        for (int step = 1; step <= 3; step++) {
            var specs = new ArrayList<Adam>();
            for (int i = 0; i < ARRAYS; i++) {
                specs.add(spec(i, step));
                var a = each.get(i);
                new CudaOptimizer(context, launcher)
                        .adam(spec(i, step), a.w(), a.gradient(), a.firstMoment(), a.secondMoment(), a.n());
            }
            steps().rates(specs, rates);
            steps().adam(many, rates, gate);
        }
        for (int i = 0; i < ARRAYS; i++) {
            assertArrayEquals(values(each.get(i).w()), values(many.get(i).w()), "array " + i);
            assertArrayEquals(
                    values(each.get(i).secondMoment()), values(many.get(i).secondMoment()));
        }
        var before = values(many.get(2).w());
        steps().adam(many, rates, block(1, Float.NaN));
        assertArrayEquals(before, values(many.get(2).w()), "the gate is closed");
    }

    @Test
    void theGateMeasuresAndDecides() {
        var gradients = new ArrayList<Storage>();
        double sum = 0;
        for (int i = 0; i < ARRAYS; i++) {
            gradients.add(normal(i, length(i)));
            for (float v : values(gradients.getLast())) {
                sum += (double) v * v;
            }
        }
        double norm = 0.5 * Math.sqrt(sum);
        var gate = block(0, 1, 0, 0);
        var losses = List.of(block(3), block(Float.POSITIVE_INFINITY));
        steps().gate(gradients, losses, 0.5, Double.POSITIVE_INFINITY, gate);
        assertArrayEquals(new float[] {(float) norm, 0.5f, 3, Float.POSITIVE_INFINITY}, values(gate));
        steps().gate(gradients, losses, 0.5, norm / 4, gate);
        assertEquals(0.125, values(gate)[StepKernels.FACTOR], 1e-7);
        assertArrayEquals(values(gate), steps().read(gate).get());

        steps().gate(gradients, List.of(block(Float.NEGATIVE_INFINITY), block(1)), 1, 1, gate);
        assertTrue(Float.isNaN(values(gate)[StepKernels.FACTOR]), "a loss");
        steps().gate(gradients, losses, 1, 1, gate);
        assertTrue(Float.isNaN(values(gate)[StepKernels.FACTOR]), "it stays closed");
        var other = block(0, 1, 0, 0);
        steps().gate(List.of(block(1, Float.NaN)), losses, 1, 1, other);
        assertTrue(Float.isNaN(values(other)[StepKernels.FACTOR]), "a gradient");
        var none = block(0, 1, 0, 0);
        steps().gate(List.of(block()), losses, 1, 1, none);
        assertArrayEquals(new float[] {0, 1, 3, Float.POSITIVE_INFINITY}, values(none));
    }

    @Test
    void lateReadingsKeepTheirNumbers() {
        var readings = new ArrayList<StepKernels.Reading>();
        var storage = context.allocate(2);
        for (int i = 0; i < 11; i++) { // more than there are places
            context.write(new float[] {i, -i}, storage);
            readings.add(steps().read(storage));
        }
        for (int i = 0; i < 11; i++) {
            assertArrayEquals(new float[] {i, -i}, readings.get(i).get());
            assertArrayEquals(new float[] {i, -i}, readings.get(i).get());
        }
    }

    // ---- bfloat16

    /** Round to the nearest of the floats whose lower half is zero, ties to the even one; by comparing distances. */
    private static float nearest(float x) {
        if (!Float.isFinite(x)) {
            return x;
        }
        int bits = Float.floatToRawIntBits(x);
        double low = Float.intBitsToFloat(bits & 0xffff0000);
        int above = (bits & 0xffff0000) + 0x10000;
        double high = Float.intBitsToFloat(above);
        if (Double.isInfinite(high)) {
            high = Math.copySign(0x1p128, high);
        }
        double toLow = Math.abs(x - low);
        double toHigh = Math.abs(high - x);
        boolean even = (bits & 0x10000) == 0;
        return toLow < toHigh || (toLow == toHigh && even) ? (float) low : Float.intBitsToFloat(above);
    }

    @Test
    void bfloat16IsTheNearestTiesToEven() {
        var special = new float[] {
            0f,
            -0f,
            1f,
            1.00390625f, // halfway between 1 and the next, 1 is even
            1.01171875f, // halfway, and the upper one is even
            -1.01171875f,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.MIN_VALUE,
            Float.MIN_NORMAL,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            0x1.fdfffep127f,
            Float.NaN,
            Float.intBitsToFloat(0x7f800001), // a NaN whose upper half is infinity's
            Float.intBitsToFloat(0xffffffff)
        };
        for (int n : new int[] {special.length, special.length - 1, 1009, 4096}) {
            var x = new float[n];
            new Philox(n).fillNormal(x, 0, 1e3);
            System.arraycopy(special, 0, x, 0, Math.min(n, special.length));
            var source = block(x);
            var target = context.allocate(n);
            context.run(
                    "bf16",
                    n,
                    () -> context.withScratch(2L * n, half -> {
                        var mover = new Mover(launcher);
                        mover.toBf16(n, context.address(source), half);
                        mover.fromBf16(n, half, context.address(target));
                    }));
            var result = values(target);
            for (int i = 0; i < n; i++) {
                assertEquals(nearest(x[i]), result[i], "of " + x[i]); // tells -0 from 0, and NaN is equal to NaN
            }
        }
    }
}
