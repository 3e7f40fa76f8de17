package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.dot;
import static dev.obverse.drn.data.Sample.step;

/** Bare skin: colour, redness, freckles, moles, folds, beard, and the shadows that the nose and the sockets hold. */
final class SkinPainter {
    private final FaceIdentity identity;
    private final FaceAttributes.Expression expression;
    private final Lighting light;
    private final Sample.Linear skin;
    private final Sample.Linear hair;
    private final double tip;
    private final double wing;
    private final double mouth;
    private final double mouthWidth;

    SkinPainter(FaceIdentity identity, FaceAttributes.Expression expression, Lighting light) {
        this.identity = identity;
        this.expression = expression;
        this.light = light;
        skin = Sample.Linear.of(identity.skin().colour());
        hair = Sample.Linear.of(identity.brows().colour());
        tip = identity.nose().tip();
        wing = identity.nose().width();
        mouth = identity.mouth().height();
        mouthWidth = identity.mouth().width() * (1 + 0.18 * expression.smile());
    }

    Sample.Linear colour() {
        return skin;
    }

    void paint(Sample s) {
        s.surface(skin, 0.8);
        double u = s.u;
        double v = s.v;
        double a = Math.abs(u);
        double mottle = Noise.at(identity.texture(), u * 9, v * 9) - 0.5;
        s.tint(1 + 0.10 * mottle, 1 - 0.06 * mottle, 1 - 0.06 * mottle, 1);
        double redness = 0.35 + identity.skin().redness();
        double flush = dot(a - 0.45, v - 0.42, 0.36, 0.36) + 0.9 * dot(u, v - tip, 0.2, 0.2);
        s.tint(1.05, 0.80, 0.80, 0.36 * redness * Math.min(1, flush));
        // thin skin under the eyes and in the sockets
        double spacing = identity.eyes().spacing();
        s.tint(0.86, 0.76, 0.80, 0.6 * dot(a - spacing * 0.9, v - 0.02, 0.3, 0.24));
        marks(s, u, v);
        folds(s, u, v, a);
        nose(s, u, v, a);
        beard(s, u, v, a);
    }

    private void marks(Sample s, double u, double v) {
        double freckles = identity.skin().freckles();
        if (freckles > 0) {
            double where = dot(Math.abs(u) - 0.25, v - 0.33, 0.62, 0.42);
            if (where > 0) {
                double spot = step(0.62, 0.8, Noise.at(identity.texture() + 1, u * 26, v * 26));
                s.tint(0.72, 0.52, 0.40, Math.min(1, 2 * where) * spot * freckles * 0.8);
            }
        }
        for (var mole : identity.skin().moles()) {
            double spot = step(mole.radius() * 1.3, mole.radius() * 0.6, distance(u - mole.u(), v - mole.v()));
            s.lay(skin.r() * 0.18, skin.g() * 0.12, skin.b() * 0.10, 0.85 * spot);
        }
    }

    private void folds(Sample s, double u, double v, double a) {
        double age = identity.skin().age();
        double smile = Math.max(0, expression.smile());
        // from the wing of the nose to beside the corner of the mouth
        double t = (v - tip) / (mouth + 0.08 - tip);
        if (t > 0 && t < 1) {
            double line = wing + 0.03 + (mouthWidth + 0.06 - wing) * t * (1.35 - 0.35 * t);
            double fold = step(0.045, 0, Math.abs(a - line)) * Math.min(1, 4 * t * (1 - t) + 0.1);
            s.darken(fold * (0.10 + 0.32 * age + 0.30 * smile));
        }
        double bag = 0.13 + 0.03 * age;
        double under = step(
                        0.03,
                        0,
                        Math.abs(v - bag + 0.35 * square(a - identity.eyes().spacing())))
                * step(0.2, 0.08, Math.abs(a - identity.eyes().spacing()));
        s.darken(under * (0.06 + 0.4 * age));
        double raised = Math.max(0, expression.browRaise());
        if (age > 0.12 && v < -0.38 && v > -0.75) {
            double wave = v * 11 + 0.5 * u * u + 0.4 * Noise.at(identity.texture() + 2, u * 2, v * 3);
            double line = step(0.12, 0, Math.abs(wave - Math.floor(wave) - 0.5)) * step(0.6, 0.35, a);
            s.darken(line * (age + 0.3 * raised) * 0.42);
        }
        if (age > 0.3) {
            double fan = (v - 0.02) / (a - spacing() - 0.08);
            double crow = step(0.25, 0.0, Math.abs(fan * 2 - Math.floor(fan * 2) - 0.5))
                    * dot(a - spacing() - 0.27, v - 0.02, 0.1, 0.12);
            s.darken(crow * age * 0.5);
        }
    }

    private double spacing() {
        return identity.eyes().spacing();
    }

    private void nose(Sample s, double u, double v, double a) {
        double base = tip + 0.085;
        s.darken(0.30 * dot(u - light.x * -0.03, v - base - 0.06, wing * 1.15, 0.13));
        // the side of the nose away from the light
        double away = light.x > 0 ? -1 : 1;
        double cast = dot(u - away * (wing * 0.55 + 0.10 * Math.abs(light.x)), v - tip * 0.72, 0.17, tip * 0.62);
        if (u * away > 0) {
            s.darken(0.55 * Math.min(1, Math.abs(light.x) * 1.4) * cast);
        }
        // crease round each wing
        double ring = distance((a - wing * 0.70) / (wing * 0.36), (v - tip - 0.035) / 0.085);
        if (a > wing * 0.7 && v < base + 0.02) {
            s.darken(0.34 * step(0.28, 0, Math.abs(ring - 1)));
        }
        double nostril = dot(a - wing * 0.44, v - base - 0.012 + 0.1 * (a - wing * 0.44), wing * 0.36, 0.042);
        s.lay(skin.r() * 0.06, skin.g() * 0.03, skin.b() * 0.03, Math.min(0.9, 1.6 * nostril));
        s.darken(0.18 * dot(a - spacing() * 0.42, v + 0.05, 0.12, 0.2));
        // below the lower lip
        s.darken(
                0.22 * dot(u, v - mouth - identity.mouth().lower() - 0.09 - 0.12 * expression.mouthOpen(), 0.22, 0.07));
    }

    private void beard(Sample s, double u, double v, double a) {
        var beard = identity.beard();
        double most = Math.max(Math.max(beard.jaw(), beard.chin()), Math.max(beard.lip(), beard.stubble()));
        if (most == 0 || v < 0) {
            return;
        }
        double low = mouth + 0.12 + 0.12 * expression.mouthOpen();
        // the upper edge runs from beside the mouth up to the ear, sagging
        double out = Math.max(0, Math.min(1, (a - mouthWidth) / (0.74 - mouthWidth)));
        double edge = mouth - 0.06 - (mouth - 0.14) * out * Math.sqrt(out);
        double ragged = 0.07 * Noise.at(identity.texture() + 4, u * 14, v * 14);
        double jaw = Math.max(
                step(edge - 0.06, edge + 0.12, v + ragged) * step(mouthWidth * 0.85, mouthWidth * 1.2, a),
                step(low + 0.06, low + 0.2, v + ragged));
        double chin = Math.max(
                1.8 * dot(u, v - low - 0.26, 0.34, 0.36),
                1.6 * dot(a - mouthWidth - 0.03, v - mouth - 0.14, 0.11, 0.34));
        double slope = tip + 0.13 + 0.28 * a;
        double lip = step(slope - 0.03, slope + 0.05, v + 0.5 * ragged)
                * step(mouth + 0.03 + 0.25 * a, mouth - 0.03 + 0.2 * a, v)
                * step(mouthWidth + 0.09, mouthWidth - 0.06, a);
        double bare = step(0.07, 0.02, Math.abs(v - low + 0.03)) * step(mouthWidth * 0.55, mouthWidth * 0.3, a);
        double strands = 0.45 + 0.75 * Noise.at(identity.texture() + 3, u * 38 + v * 6, v * 13);
        double area = Math.min(1, Math.max(jaw, Math.max(chin, lip)));
        s.lay(hair, 0.55 * beard.stubble() * area * (0.6 + 0.4 * strands));
        double cover =
                Math.max(beard.jaw() * jaw, Math.max(beard.chin() * Math.min(1, chin), beard.lip() * Math.min(1, lip)));
        double alpha = Math.min(1, cover * (1 - 0.5 * bare) * (0.75 + 0.3 * strands));
        s.lay(hair.r() * strands, hair.g() * strands, hair.b() * strands, alpha);
        s.gloss *= 1 - 0.8 * alpha;
    }

    private static double square(double x) {
        return x * x;
    }

    private static double distance(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }
}
