package dev.obverse.drn.data;

/** What stands out from the front of a head: a sum of smooth round bumps {@code a (1 - r^2)^3}. */
final class Relief {
    private static final int STRIDE = 5;
    private double[] bumps = new double[40 * STRIDE];
    private int count;

    /** Slopes at the last position given to {@link #slope}. */
    double slopeU;

    double slopeV;

    Relief(FaceIdentity identity, FaceAttributes.Expression expression) {
        var nose = identity.nose();
        double tip = nose.tip();
        add(0, 0.02, nose.bridge() * 1.05, 0.28, nose.relief() * 0.35);
        add(0, tip * 0.55, nose.bridge() * 1.15, 0.32, nose.relief() * 0.5);
        add(0, tip - 0.03, nose.width() * 0.85, 0.19, nose.relief() * 0.9);
        both(nose.width() * 0.72, tip + 0.05, nose.width() * 0.5, 0.1, nose.relief() * 0.42);

        var eyes = identity.eyes();
        both(eyes.spacing() * 0.95, -0.01, 0.26, 0.2, -0.09);
        both(eyes.spacing(), 0.0, 0.16, 0.13, 0.05);
        both(eyes.spacing(), -identity.brows().height() - 0.03, 0.32, 0.16, 0.06);

        var head = identity.head();
        double smile = Math.max(0, expression.smile());
        both(0.52, 0.3 - 0.05 * smile, 0.28, 0.24, 0.03 + 0.07 * head.cheekbones() + 0.06 * smile);
        both(0.5, 0.72, 0.26, 0.3, -0.05 * head.cheekbones() + 0.02);
        double mouth = identity.mouth().height();
        add(0, mouth, identity.mouth().width() * 1.25, 0.24, 0.07);
        add(0, mouth + 0.19, 0.26, 0.09, -0.05);
        add(0, head.chin() - 0.2 + 0.12 * expression.mouthOpen(), 0.24, 0.19, head.chinBump() + 0.03);
    }

    private void both(double u, double v, double ru, double rv, double a) {
        add(-u, v, ru, rv, a);
        add(u, v, ru, rv, a);
    }

    private void add(double u, double v, double ru, double rv, double a) {
        int at = count++ * STRIDE;
        bumps[at] = u;
        bumps[at + 1] = v;
        bumps[at + 2] = 1 / ru;
        bumps[at + 3] = 1 / rv;
        bumps[at + 4] = a;
    }

    /** Height above the head's shape. */
    double height(double u, double v) {
        double sum = 0;
        for (int at = 0; at < count * STRIDE; at += STRIDE) {
            double x = (u - bumps[at]) * bumps[at + 2];
            double y = (v - bumps[at + 1]) * bumps[at + 3];
            double t = 1 - x * x - y * y;
            if (t > 0) {
                sum += bumps[at + 4] * t * t * t;
            }
        }
        return sum;
    }

    /** Computes both slopes of the height. */
    void slope(double u, double v) {
        slopeU = 0;
        slopeV = 0;
        for (int at = 0; at < count * STRIDE; at += STRIDE) {
            double x = (u - bumps[at]) * bumps[at + 2];
            double y = (v - bumps[at + 1]) * bumps[at + 3];
            double t = 1 - x * x - y * y;
            if (t > 0) {
                double k = -6 * bumps[at + 4] * t * t;
                slopeU += k * x * bumps[at + 2];
                slopeV += k * y * bumps[at + 3];
            }
        }
    }
}
