package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.step;

/** Spectacles: two rims, a bridge, temples running to the ears, and a streak of light on each lens. */
final class GlassesPainter {
    private final FaceIdentity.Glasses glasses;
    private final double spacing;
    private final double soft;
    private final Sample.Linear colour;
    private final double lift;

    GlassesPainter(FaceIdentity identity, View view, double soft) {
        glasses = identity.glasses();
        spacing = identity.eyes().spacing();
        colour = Sample.Linear.of(glasses.colour());
        this.soft = soft;
        // the lenses stand before the skin and shift against it when the head turns
        lift = 0.12 * view.sinYaw / view.cosYaw;
    }

    void paint(Sample s) {
        if (glasses.weight() == 0 || s.v < -0.4 || s.v > 0.45) {
            return;
        }
        double u = s.u - lift * Math.max(0, s.z);
        double x = (Math.abs(u) - spacing * 1.04) / (0.285 * glasses.size());
        double y = (s.v - 0.045) / (0.215 * glasses.size());
        double circle = Math.sqrt(x * x + y * y);
        double box = Math.sqrt(Math.sqrt(x * x * x * x * x * x * x * x + y * y * y * y * y * y * y * y));
        double r = circle * glasses.round() + Math.sqrt(box) * (1 - glasses.round());
        double d = Math.abs(r - 1) * 0.24 * glasses.size();
        double rim = step(glasses.weight() + soft * 0.6, glasses.weight() - soft * 0.6, d);
        double gap = spacing * 1.04 - 0.285 * glasses.size();
        if (Math.abs(u) < gap + 0.02) {
            rim = Math.max(
                    rim,
                    step(
                            glasses.weight() + soft * 0.6,
                            glasses.weight() - soft * 0.6,
                            Math.abs(s.v + 0.02 + 0.2 * u * u)));
        }
        if (x > 1) {
            rim = Math.max(rim, step(0.03 + soft * 0.5, 0.02 - soft * 0.5, Math.abs(s.v + 0.03)));
        }
        if (r < 1) {
            s.tint(0.93, 0.95, 0.96, 0.8);
            double streak = x * 0.9 + y * 0.6 + 0.35;
            s.glint = Math.max(s.glint, 0.07 * step(0.22, 0.1, Math.abs(streak)));
        }
        s.lay(colour, rim);
        s.gloss = s.gloss * (1 - rim) + 0.7 * rim;
        s.open += (1 - s.open) * rim;
    }
}
