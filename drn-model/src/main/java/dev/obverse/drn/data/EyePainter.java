package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.dot;
import static dev.obverse.drn.data.Sample.step;

/** Eyes with lids, lashes, iris and glint, and the eyebrows above them. */
final class EyePainter {
    private final FaceIdentity.Eyes eyes;
    private final FaceIdentity.Brows brows;
    private final FaceAttributes.Expression expression;
    private final Lighting light;
    private final Sample.Linear iris;
    private final Sample.Linear brow;
    private final int texture;
    private final double soft;
    private final double smile;

    /** {@code soft} is the width of an image pixel in head units: the softness of edges. */
    EyePainter(FaceIdentity identity, FaceAttributes.Expression expression, Lighting light, double soft) {
        this.eyes = identity.eyes();
        this.brows = identity.brows();
        this.expression = expression;
        this.light = light;
        this.soft = soft;
        iris = Sample.Linear.of(eyes.colour());
        brow = Sample.Linear.of(brows.colour());
        texture = identity.texture();
        smile = Math.max(0, expression.smile());
    }

    void paint(Sample s) {
        if (s.v < -0.6 || s.v > 0.3) {
            return;
        }
        double side = s.u < 0 ? -1 : 1;
        double out = s.u * side - eyes.spacing();
        brow(s, side, out);
        eye(s, side, out);
    }

    private void eye(Sample s, double side, double out) {
        double x = out / eyes.width();
        if (x < -1.45 || x > 1.45) {
            return;
        }
        double y = s.v + eyes.tilt() * out;
        double arch = Math.max(0, 1 - x * x);
        double round = 0.55 * arch + 0.45 * Math.sqrt(arch);
        double lower = eyes.opening() * (0.62 - 0.22 * smile) * round;
        double open = 1 - expression.eyeClosure();
        double upper = lower - (lower + eyes.opening() * (1 + 0.12 * expression.browRaise()) * round) * open;

        // fold of the upper lid, above the opening and parallel to it
        double fold = upper - 0.035 - 0.03 * eyes.fold() * open;
        double crease = step(0.02, 0, Math.abs(y - fold)) * step(1.25, 0.8, Math.abs(x));
        s.darken(0.5 * crease * (0.3 + 0.7 * eyes.fold()));

        if (Math.abs(x) < 1) {
            double inside =
                    step(upper - soft * 0.6, upper + soft * 0.6, y) * step(lower + soft * 0.6, lower - soft * 0.6, y);
            if (inside > 0) {
                ball(s, side * out, y, upper, inside, x);
            }
        }
        double lash = 0.011 + 0.013 * eyes.lashes();
        double rim =
                step(lash + soft * 0.7, lash * 0.4, Math.abs(y - upper + lash * 0.5)) * step(1.12, 0.85, Math.abs(x));
        s.lay(0.012, 0.008, 0.008, rim * (0.55 + 0.35 * eyes.lashes()));
        double wing = step(0.02, 0.0, Math.abs(y - upper + 0.25 * (x - 0.9) * eyes.width()))
                * step(0.8, 1.0, x)
                * step(1.4, 1.1, x);
        s.lay(0.012, 0.008, 0.008, wing * eyes.lashes() * 0.7);
        double below = step(0.016 + soft * 0.4, 0.0, Math.abs(y - lower)) * step(1.05, 0.8, Math.abs(x));
        s.lay(s.r * 0.35, s.g * 0.25, s.b * 0.25, below * (0.35 + 0.35 * eyes.lashes()));
    }

    private void ball(Sample s, double across, double y, double upper, double inside, double x) {
        double gazeX = expression.gazeX() * 0.055;
        double gazeY = expression.gazeY() * 0.028 - 0.012;
        double dx = across - gazeX;
        double dy = y - gazeY;
        double shade = 1 - 0.5 * step(0.075, 0, y - upper) - 0.22 * x * x;
        s.lay(0.72 * shade, 0.68 * shade, 0.66 * shade, inside);
        s.lay(0.55, 0.22, 0.2, inside * 0.5 * step(-0.8, -1, x));
        double radius = Math.sqrt(dx * dx + dy * dy) / eyes.iris();
        double disc = step(1 + soft * 5, 1 - soft * 5, radius) * inside;
        if (disc > 0) {
            double rays = 0.75 + 0.5 * Noise.at(texture + 5, dx * 60 + 40, dy * 60);
            double tone = rays * (1.25 - 0.85 * radius * radius) * shade;
            s.lay(iris.r() * tone, iris.g() * tone, iris.b() * tone, disc);
            double pupil = step(0.46 + soft * 4, 0.40 - soft * 3, radius);
            s.lay(0.003, 0.003, 0.004, disc * pupil);
        }
        s.bend(-s.nx * 0.5 * inside, -s.ny * 0.5 * inside);
        s.open += (Math.max(s.open, 0.85) - s.open) * inside;
        s.gloss *= 1 - inside;
        double glint = dot(dx - light.x * 0.05, dy - light.y * 0.045, 0.034, 0.034);
        s.glint = Math.max(s.glint, inside * 0.9 * Math.min(1, 2 * glint));
    }

    private void brow(Sample s, double side, double out) {
        double t = (out - 0.01) / brows.length();
        if (t < -1.2 || t > 1.2) {
            return;
        }
        double raise = expression.browRaise();
        double frown = Math.max(0, -raise);
        double middle = -brows.height()
                - 0.07 * raise
                - brows.arch() * (1 - (t - 0.3) * (t - 0.3))
                - brows.tilt() * out
                - 0.10 * frown * out
                + 0.02 * frown;
        double thick = brows.thickness() * (1.05 - 0.4 * Math.max(0, t)) * (1 - 0.25 * step(-0.6, -1, t));
        double d = (s.v - middle) / thick;
        double cover = step(1.25, 0.45, Math.abs(d)) * step(1.1, 0.75, t) * step(-1.12, -0.85, t);
        if (cover > 0) {
            double strands = Noise.at(texture + 6 + (int) side, out * 34 - s.v * 30 * (0.3 + t), s.v * 14);
            double alpha = cover * brows.density() * (0.62 + 0.5 * strands);
            double tone = 0.6 + 0.6 * strands;
            s.lay(brow.r() * tone, brow.g() * tone, brow.b() * tone, Math.min(1, alpha));
            s.gloss *= 1 - 0.7 * cover;
        }
    }
}
