package dev.obverse.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Storage;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The kit itself: backends with one small fault each, and the sentence that must catch it. */
class ContractCatchesTest {
    private static final Case TANH =
            Case.unary("tanh", Tensor::tanh, Shape.of(33)).scale(Scale.EACH);
    private static final Case SUM = Case.unary("sum", Tensor::sum, Shape.of(1009));

    @Test
    void soundBackend() {
        BackendContract.check(TANH, Device.reference().backend(), 1, 2);
        BackendContract.check(SUM, Device.reference().backend(), 1, 2);
    }

    @Test
    void aResultThatIsOffInTheSixthPlace() {
        caught(TANH, "result, element 32", "unary", (memory, arguments) -> memory.scale(arguments[2], 32, 1 + 2e-6));
    }

    @Test
    void oneTermTooManyInASum() {
        caught(SUM, "result, element 0", "sum", (memory, arguments) -> memory.add(arguments[3], 0, 1.0));
    }

    @Test
    void aWrongGradient() {
        caught(TANH, "gradient of input 0, element 5", "unaryGradient", (m, arguments) -> m.add(arguments[4], 5, 1e-5));
    }

    @Test
    void aModifiedInput() {
        caught(TANH, "input 0 was modified", "unary", (memory, arguments) -> memory.scale(arguments[1], 0, 1 + 1e-15));
    }

    @Test
    void anElementThatIsNotWritten() {
        caught(TANH, "element 32: NaN", "unary", (memory, arguments) -> memory.scale(arguments[2], 32, Double.NaN));
    }

    @Test
    void resultsThatDifferFromRunToRun() {
        var runs = new AtomicInteger();
        caught(
                TANH,
                "differs",
                "unary",
                (m, arguments) -> m.scale(arguments[2], 1, 1 + 1e-12 * runs.getAndIncrement()));
    }

    /** Access to the numbers of a block. */
    private record Memory(Backend backend) {
        void add(Object block, int i, double summand) {
            change(block, i, 1, summand);
        }

        void scale(Object block, int i, double factor) {
            change(block, i, factor, 0);
        }

        private void change(Object block, int i, double factor, double summand) {
            var storage = (Storage) block;
            var values = new double[storage.length()];
            backend.memory().read(storage, values);
            values[i] = values[i] * factor + summand;
            backend.memory().write(values, storage);
        }
    }

    /** Adds a fault to one kernel of the reference backend, and expects the contract to fail with these words. */
    private static void caught(Case c, String words, String faulty, BiConsumer<Memory, Object[]> fault) {
        var sound = Device.reference().backend();
        var backend = Intercepted.backend(sound, (kernels, kernel, arguments) -> {
            var result = Intercepted.invoke(kernels, kernel, arguments);
            if (kernel.getName().equals(faulty)) {
                fault.accept(new Memory(sound), arguments);
            }
            return result;
        });
        var error = assertThrows(AssertionError.class, () -> BackendContract.check(c, backend, 1));
        assertTrue(String.valueOf(error.getMessage()).contains(words), () -> "caught, but as: " + error.getMessage());
    }
}
