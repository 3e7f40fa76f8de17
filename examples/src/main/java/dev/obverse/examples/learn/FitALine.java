package dev.obverse.examples.learn;

import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.optim.Adam;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;

/** The smallest training there is: a line through points. Everything else in this library has the same five steps. */
public final class FitALine {
    private FitALine() {}

    /** What was learned, and the mean squared distance of the points from it. */
    record Line(double slope, double intercept, double loss) {}

    public static void main(String[] args) {
        var line = fit(300);
        System.out.printf("The points lie on   y = 2 x - 1, give or take 0.1%n");
        System.out.printf(
                "The line found is   y = %.3f x %+.3f   (loss %.4f)%n", line.slope, line.intercept, line.loss);
    }

    static Line fit(int steps) {
        // 1. Data: 100 points near y = 2 x - 1. The seed makes every run of this program the same.
        int n = 100;
        var random = new Philox(7);
        var xs = new float[n];
        var ys = new float[n];
        random.fillUniform(xs, -1, 1);
        random.fillNormal(ys, 0, 0.1);
        for (int i = 0; i < n; i++) {
            ys[i] += 2 * xs[i] - 1;
        }
        var x = Tensor.of(xs, n, 1); // a tensor has a shape: 100 samples of 1 number
        var y = Tensor.of(ys, n, 1);

        // 2. A model: y = weight x + bias. Its parameters are what training changes.
        var model = new Linear(1, 1, random);

        // 3. An optimiser decides how far each parameter moves.
        var optimizer = new Adam(model.namedParameters(), 0.05);

        double last = Double.NaN;
        for (int step = 0; step < steps; step++) {
            // A scope gives the memory of everything made inside it back for the next step.
            try (var _ = TensorScope.open()) {
                // 4. Forward: how wrong is the model?
                var loss = Functional.mseLoss(model.forward(x), y);
                last = loss.item();

                // 5. Backward: which way should each parameter move to be less wrong? Then move.
                optimizer.zeroGrad();
                loss.backward();
                optimizer.step();
            }
        }
        var parameters = model.parameters();
        double slope = parameters.get(0).value().toArray()[0];
        double intercept = parameters.get(1).value().toArray()[0];
        return new Line(slope, intercept, last);
    }
}
