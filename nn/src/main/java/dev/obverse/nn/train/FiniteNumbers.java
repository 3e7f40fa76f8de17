package dev.obverse.nn.train;

/** What a step's numbers must be for its weights to change; each error says which step and which number. */
final class FiniteNumbers {
    private FiniteNumbers() {}

    /** A term that has a weight. */
    static void requireTerm(long step, Loss.Term term, double value) {
        if (term.weight() != 0) {
            require(step, "loss term '" + term.name() + "'", value);
        }
    }

    static void requireTotal(long step, double total) {
        require(step, "total loss", total);
    }

    /** The gradient's norm, of a loss that is finite. */
    static void requireNorm(long step, double norm) {
        if (!Double.isFinite(norm)) {
            throw new ArithmeticException("Step " + step + ": the norm of the gradient is " + norm
                    + " although the loss is finite; the weights are as before the step");
        }
    }

    private static void require(long step, String what, double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException("Step " + step + ": the " + what + " is " + value
                    + "; the weights are as before the step. Try a lower learning rate, a warm-up or clipNorm,"
                    + " and look at the batch");
        }
    }
}
