package dev.obverse.drn.data;

/** What stands out from the front of a head: a sum of smooth bumps {@code a (1 - r^2)^3}, mirrored left to right. */
final class Relief {
    private static final int STRIDE = 5;
    private final double[] bumps = new double[13 * STRIDE];
    private int end;
    private double top = Double.MAX_VALUE;

    /** Height and both slopes at the last position given to {@link #measure}. */
    double height;

    double slopeU;
    double slopeV;

    Relief(FaceIdentity identity, FaceAttributes.Expression expression) {
        var nose = identity.nose();
        double tip = nose.tip();
        add(0, 0.02, nose.bridge() * 1.05, 0.28, nose.relief() * 0.35);
        add(0, tip * 0.55, nose.bridge() * 1.15, 0.32, nose.relief() * 0.5);
        add(0, tip - 0.03, nose.width() * 0.85, 0.19, nose.relief() * 0.9);
        add(nose.width() * 0.72, tip + 0.05, nose.width() * 0.5, 0.1, nose.relief() * 0.42);

        var eyes = identity.eyes();
        add(eyes.spacing() * 0.95, -0.01, 0.28, 0.21, -0.08);
        add(eyes.spacing(), 0.0, 0.17, 0.13, 0.05);
        add(eyes.spacing(), -identity.brows().height() - 0.03, 0.32, 0.16, 0.06);

        var head = identity.head();
        double smile = Math.max(0, expression.smile());
        add(0.5, 0.3 - 0.05 * smile, 0.28, 0.24, 0.03 + 0.07 * head.cheekbones() + 0.06 * smile);
        add(0.48, 0.72, 0.26, 0.3, -0.05 * head.cheekbones() + 0.02);
        double mouth = identity.mouth().height();
        add(0, mouth, identity.mouth().width() * 1.25, 0.24, 0.07);
        add(0, mouth + 0.19, 0.26, 0.09, -0.05);
        add(0, head.chin() - 0.2 + 0.12 * expression.mouthOpen(), 0.24, 0.19, head.chinBump() + 0.03);
    }

    /** A bump at (u, v), and its mirror image unless u is 0. */
    private void add(double u, double v, double ru, double rv, double a) {
        bumps[end] = u;
        bumps[end + 1] = v;
        bumps[end + 2] = 1 / ru;
        bumps[end + 3] = 1 / rv;
        bumps[end + 4] = a;
        end += STRIDE;
        top = Math.min(top, v - rv);
    }

    /** Height above the head's shape. */
    double height(double u, double v) {
        if (v < top) {
            return 0;
        }
        double across = Math.abs(u);
        double sum = 0;
        for (int at = 0; at < end; at += STRIDE) {
            double x = (across - bumps[at]) * bumps[at + 2];
            double y = (v - bumps[at + 1]) * bumps[at + 3];
            double t = 1 - x * x - y * y;
            if (t > 0) {
                sum += bumps[at + 4] * t * t * t;
            }
        }
        return sum;
    }

    /** Computes height and slopes. */
    void measure(double u, double v) {
        height = 0;
        slopeU = 0;
        slopeV = 0;
        if (v < top) {
            return;
        }
        double across = Math.abs(u);
        for (int at = 0; at < end; at += STRIDE) {
            double x = (across - bumps[at]) * bumps[at + 2];
            double y = (v - bumps[at + 1]) * bumps[at + 3];
            double t = 1 - x * x - y * y;
            if (t > 0) {
                double k = bumps[at + 4] * t * t;
                height += k * t;
                slopeU -= 6 * k * x * bumps[at + 2];
                slopeV -= 6 * k * y * bumps[at + 3];
            }
        }
        if (u < 0) {
            slopeU = -slopeU;
        }
    }
}
