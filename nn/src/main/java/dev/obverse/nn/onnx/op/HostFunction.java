package dev.obverse.nn.onnx.op;

import dev.obverse.autograd.CustomFunction;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.op.Strides;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Rare functions, one element at a time in double precision on the host, with their gradients. */
final class HostFunction {
    private HostFunction() {}

    /** {@code f(x)} with the derivative {@code df(x)}. */
    static Tensor map(String name, Tensor x, DoubleUnaryOperator f, DoubleUnaryOperator df) {
        return new Unary(name, f, df).apply(x);
    }

    /** {@code f(a, b)} of two tensors of one shape, with the derivatives by each. */
    static Tensor zip(
            String name, Tensor a, Tensor b, DoubleBinaryOperator f, DoubleBinaryOperator da, DoubleBinaryOperator db) {
        return new Binary(name, f, da, db).apply(a, b);
    }

    /** {@code f(a, b)} with broadcasting, of values whose results have no gradient: comparisons, whole numbers. */
    static Value compare(Value a, Value b, ElementType type, DoubleBinaryOperator f) {
        var shape = Strides.broadcast("broadcasting", a.shape(), b.shape());
        Limits.check(shape.size());
        var x = expand(a.plain().detach(), shape).toDoubleArray();
        var y = expand(b.plain().detach(), shape).toDoubleArray();
        for (int i = 0; i < x.length; i++) {
            x[i] = f.applyAsDouble(x[i], y[i]);
        }
        return Value.integers(type, x, shape.toArray());
    }

    static Tensor expand(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : x.expand(shape.toArray());
    }

    private static Tensor mapped(Tensor x, DoubleUnaryOperator f) {
        var values = x.toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = f.applyAsDouble(values[i]);
        }
        return Tensor.of(x.device(), values, x.shape());
    }

    private static Tensor zipped(Tensor a, Tensor b, DoubleBinaryOperator f) {
        var values = a.toDoubleArray();
        var others = b.toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = f.applyAsDouble(values[i], others[i]);
        }
        return Tensor.of(a.device(), values, a.shape());
    }

    private static final class Unary extends CustomFunction {
        private final String name;
        private final DoubleUnaryOperator f;
        private final DoubleUnaryOperator df;

        Unary(String name, DoubleUnaryOperator f, DoubleUnaryOperator df) {
            this.name = name;
            this.f = f;
            this.df = df;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        protected Tensor forward(Tensor... inputs) {
            return mapped(inputs[0], f);
        }

        @Override
        protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            return new Tensor[] {gradient.mul(mapped(inputs[0], df))};
        }
    }

    private static final class Binary extends CustomFunction {
        private final String name;
        private final DoubleBinaryOperator f;
        private final DoubleBinaryOperator da;
        private final DoubleBinaryOperator db;

        Binary(String name, DoubleBinaryOperator f, DoubleBinaryOperator da, DoubleBinaryOperator db) {
            this.name = name;
            this.f = f;
            this.da = da;
            this.db = db;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        protected Tensor forward(Tensor... inputs) {
            return zipped(inputs[0], inputs[1], f);
        }

        @Override
        protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            return new Tensor[] {
                gradient.mul(zipped(inputs[0], inputs[1], da)), gradient.mul(zipped(inputs[0], inputs[1], db))
            };
        }
    }

    /** {@code where ? a : b} of three tensors of one shape. */
    static Tensor select(double[] where, Tensor a, Tensor b) {
        return new Select(where).apply(a, b);
    }

    private static final class Select extends CustomFunction {
        private final double[] where;

        Select(double[] where) {
            this.where = where;
        }

        @Override
        protected Tensor forward(Tensor... inputs) {
            return chosen(inputs[0].toDoubleArray(), inputs[1].toDoubleArray(), inputs[0]);
        }

        private Tensor chosen(double[] a, double[] b, Tensor like) {
            var values = new double[where.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = where[i] != 0 ? a[i] : b[i];
            }
            return Tensor.of(like.device(), values, like.shape());
        }

        @Override
        protected @Nullable Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
            var g = gradient.toDoubleArray();
            var zero = new double[g.length];
            return new Tensor[] {chosen(g, zero, gradient), chosen(zero, g, gradient)};
        }
    }

    /** The error function, by its series near 0 and its continued fraction further out; 1e-15 off at most. */
    static double erf(double x) {
        double a = Math.abs(x);
        if (Double.isNaN(x) || a > 6) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        if (a < 2.5) {
            double term = x;
            double sum = x;
            for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.sqrt(Math.PI) * sum;
        }
        double fraction = 0;
        for (int n = 60; n > 0; n--) {
            fraction = 0.5 * n / (a + fraction);
        }
        return Math.signum(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
    }

    /** On the host: integers are there already. */
    static double[] values(Value value) {
        return value.plain().detach().to(Device.reference()).toDoubleArray();
    }
}
