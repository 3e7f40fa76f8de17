package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.dot;
import static dev.obverse.drn.data.Sample.step;

/** Lips, and between them, when they part, teeth and darkness. */
final class MouthPainter {
    private final FaceIdentity.Mouth mouth;
    private final Sample.Linear lips;
    private final double smile;
    private final double gap;
    private final double width;
    private final double soft;
    private final int texture;

    MouthPainter(FaceIdentity identity, FaceAttributes.Expression expression, double soft) {
        mouth = identity.mouth();
        lips = Sample.Linear.of(mouth.colour());
        smile = expression.smile();
        gap = 0.15 * expression.mouthOpen() + 0.05 * Math.max(0, smile - 0.35);
        width = width(mouth, expression);
        texture = identity.texture() + 9;
        this.soft = soft;
    }

    static double width(FaceIdentity.Mouth mouth, FaceAttributes.Expression expression) {
        return mouth.width() * (1 + 0.2 * expression.smile() - 0.1 * expression.mouthOpen());
    }

    /** Height of the lip line at the corners (t = 1) or the middle (t = 0). */
    static double line(FaceIdentity.Mouth mouth, double smile, double t) {
        return mouth.height() + smile * 0.085 * (0.4 - t * t);
    }

    void paint(Sample s) {
        double t = s.u / width;
        if (t < -1.25 || t > 1.25 || Math.abs(s.v - mouth.height()) > 0.4) {
            return;
        }
        double line = line(mouth, smile, t);
        double v = s.v;
        // corners hold a shadow of their own
        s.darken(0.38 * dot(Math.abs(t) - 1.02, v - line, 0.14, 0.05));
        double arch = Math.max(0, 1 - t * t);
        double open = gap * arch;
        double k = t / 0.34;
        double bow = 1 - mouth.bow() * 0.38 * Math.max(0, 1 - k * k) * Math.max(0, 1 - k * k);
        double stretch = 1 - 0.2 * Math.max(0, smile);
        double top = line - 0.3 * open - mouth.upper() * stretch * (0.35 * Math.sqrt(arch) + 0.65 * arch) * bow * 1.25;
        double upper = line - 0.3 * open;
        double lower = line + 0.7 * open;
        double bottom = lower + mouth.lower() * stretch * (0.5 * Math.sqrt(arch) + 0.5 * arch);
        double edge = soft * 0.6 + 0.006;

        double lip =
                step(top - edge, top + edge, v) * step(bottom + edge, bottom - edge, v) * step(1.02, 0.94, Math.abs(t));
        if (lip > 0) {
            double fine = 0.9 + 0.2 * Noise.at(texture, s.u * 40, v * 5);
            double tone = v < line ? 0.70 : 1.0 - 0.25 * step(lower + 0.4 * (bottom - lower), bottom, v);
            s.lay(lips.r() * tone * fine, lips.g() * tone * fine, lips.b() * tone * fine, lip * 0.92);
            s.bend(0, (v < line ? -0.35 : 0.3) * lip * (v - line) / (mouth.upper() + mouth.lower()) * -4);
            double shine = dot(s.u, v - lower - 0.38 * (bottom - lower), width * 0.5, 0.32 * (bottom - lower) + 0.004);
            s.gloss += lip * 1.3 * shine;
        }
        double inside =
                step(upper - edge, upper + edge, v) * step(lower + edge, lower - edge, v) * step(1, 0.9, Math.abs(t));
        if (open > 0.012 && inside > 0) {
            s.lay(0.05, 0.012, 0.012, inside);
            double teeth = step(upper + 0.058 + edge, upper + 0.045 - edge, v) * step(0.86, 0.7, Math.abs(t));
            double between = 1 - 0.25 * step(0.12, 0.0, Math.abs(Math.abs(t * 5) % 1 - 0.5));
            double bright = 0.72 * between * (1 - 0.5 * t * t);
            s.lay(bright, bright * 0.93, bright * 0.84, inside * teeth);
            s.gloss *= 1 - inside;
        } else {
            double seam = step(0.014 + soft * 0.5, 0, Math.abs(v - line)) * step(1.08, 0.9, Math.abs(t));
            s.lay(lips.r() * 0.16, lips.g() * 0.08, lips.b() * 0.08, seam * 0.85);
        }
    }
}
