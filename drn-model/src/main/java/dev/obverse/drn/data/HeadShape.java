package dev.obverse.drn.data;

/**
 * The head without its features: a stack of ellipses whose half axes (across and towards the front) are tabulated over
 * the height, so that a ray meets it in closed form.
 */
final class HeadShape {
    static final double CROWN = -1.2;
    private static final double LOW = -1.9;
    private static final double HIGH = 3.0;
    private static final int STEPS = 1024;
    private static final double PER_STEP = STEPS / (HIGH - LOW);

    private final double[] width = new double[STEPS + 2];
    private final double[] depth = new double[STEPS + 2];

    private HeadShape() {}

    /** The skin of a head with its jaw opened by {@code drop}. */
    static HeadShape skin(FaceIdentity.Head head, double drop) {
        var shape = new HeadShape();
        double chin = head.chin() + drop;
        double jawStart = 0.12;
        for (int i = 0; i < shape.width.length; i++) {
            double v = LOW + i / PER_STEP;
            if (v <= CROWN || v >= chin) {
                continue;
            }
            double forehead = head.cheeks() * head.forehead();
            double side = head.cheeks() + (forehead - head.cheeks()) * Sample.step(0.15, -0.6, v);
            double upper = v < -0.25 ? (v + 0.25) / (CROWN + 0.25) : 0;
            double lower = v > jawStart ? (v - jawStart) / (chin - jawStart) : 0;
            shape.width[i] = side
                    * StrictMath.pow(1 - StrictMath.pow(upper, 2.6), 0.5)
                    * StrictMath.pow(1 - StrictMath.pow(lower, head.jawSquareness()), 0.58);
            shape.depth[i] = 0.92
                    * StrictMath.pow(1 - StrictMath.pow(upper, 2.4), 0.5)
                    * StrictMath.pow(1 - StrictMath.pow(lower, 4.5), 0.5);
        }
        return shape;
    }

    /** The hull of the hair: the skull made thicker, and straight down to where the hair ends. */
    static HeadShape hair(FaceIdentity identity) {
        var shape = new HeadShape();
        var hair = identity.hair();
        double top = CROWN - hair.top();
        double skull = identity.head().cheeks() * (0.5 + 0.5 * identity.head().forehead()) + 0.02 + hair.side();
        double end = Math.max(hair.length(), 0.25) + 0.15;
        for (int i = 0; i < shape.width.length; i++) {
            double v = LOW + i / PER_STEP;
            if (v <= top || v >= end) {
                continue;
            }
            double upper = v < -0.25 ? (v + 0.25) / (top + 0.25) : 0;
            double lower = v > 0.1 ? (v - 0.1) / (end - 0.1) : 0;
            double flare = 1 + 0.1 * hair.side() * Math.max(0, v + 0.25);
            double tuck = hair.length() < 0.5 ? StrictMath.pow(1 - lower * lower, 0.5) : 1 - 0.18 * lower * lower;
            shape.width[i] = skull * flare * tuck * StrictMath.pow(1 - StrictMath.pow(upper, 2.5), 0.5);
            shape.depth[i] = (0.94 + 0.6 * hair.top()) * StrictMath.pow(1 - StrictMath.pow(upper, 2.4), 0.5);
        }
        return shape;
    }

    double width(double v) {
        return look(width, v);
    }

    double depth(double v) {
        return look(depth, v);
    }

    private static double look(double[] table, double v) {
        double at = (v - LOW) * PER_STEP;
        if (at <= 0 || at >= STEPS) {
            return 0;
        }
        int i = (int) at;
        return table[i] + (table[i + 1] - table[i]) * (at - i);
    }

    /** Sets the sample's normal at its position on this shape, not yet of length 1. */
    void normal(Sample s) {
        double step = 0.012;
        double w = width(s.v);
        double d = depth(s.v);
        double dw = (width(s.v + step) - width(s.v - step)) / (2 * step);
        double dd = (depth(s.v + step) - depth(s.v - step)) / (2 * step);
        double uw = s.u / w;
        double zd = s.z / d;
        s.nx = uw / w;
        s.nz = zd / d;
        s.ny = -(uw * uw * dw / w + zd * zd * dd / d);
        s.normalise();
    }
}
