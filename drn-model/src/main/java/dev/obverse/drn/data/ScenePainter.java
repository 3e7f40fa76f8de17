package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.step;

/** What lies behind the person. It depends on the attributes alone. */
final class ScenePainter {
    private final FaceAttributes.Scene scene;
    private final Sample.Linear a;
    private final Sample.Linear b;
    private final double cos;
    private final double sin;

    ScenePainter(FaceAttributes.Scene scene) {
        this.scene = scene;
        a = Sample.Linear.of(scene.a());
        b = Sample.Linear.of(scene.b());
        cos = StrictMath.cos(scene.angle());
        sin = StrictMath.sin(scene.angle());
    }

    /** Sets the sample's colour at image position (x, y), both in [0,1]. */
    void paint(Sample s, double x, double y) {
        double along = (x - 0.5) * cos + (y - 0.5) * sin;
        double across = (y - 0.5) * cos - (x - 0.5) * sin;
        double n = scene.detail();
        double t = along + 0.5;
        double glow = 0;
        switch (scene.texture()) {
            case PLAIN -> t += 0.2 * (Noise.at(scene.seed(), x * 3, y * 3) - 0.5);
            case CLOUDS ->
                t = 0.25 * t
                        + 0.55 * Noise.at(scene.seed(), x * n, y * n)
                        + 0.25 * Noise.at(scene.seed() + 1, x * n * 2.3, y * n * 2.3);
            case STRIPES -> {
                double w = along * n * 1.5 + 0.3 * Noise.at(scene.seed(), x * 2, y * 2);
                t = 0.3 * t + 0.6 * step(0.2, 0.35, Math.abs(w - Math.floor(w) - 0.5));
            }
            case LIGHTS -> {
                double cx = Math.floor(x * n);
                double cy = Math.floor(y * n);
                double px = cx + 0.3 + 0.4 * Noise.at(scene.seed(), cx * 7.3, cy * 5.1);
                double py = cy + 0.3 + 0.4 * Noise.at(scene.seed() + 1, cx * 3.7, cy * 9.2);
                double r = Math.sqrt((x * n - px) * (x * n - px) + (y * n - py) * (y * n - py));
                double strength = Noise.at(scene.seed() + 2, cx * 4.4, cy * 8.8);
                glow = 0.45 * strength * strength * step(0.34, 0.26, r);
            }
            case PANELS -> {
                double cx = Math.floor(along * n);
                double cy = Math.floor(across * n * 0.6);
                t = 0.25 * t + 0.75 * Noise.at(scene.seed(), cx * 6.1, cy * 4.3);
            }
        }
        t = Math.max(0, Math.min(1, t));
        double vignette = 1 - 0.5 * ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5));
        s.r = (a.r() + (b.r() - a.r()) * t) * vignette + glow;
        s.g = (a.g() + (b.g() - a.g()) * t) * vignette + glow * 0.9;
        s.b = (a.b() + (b.b() - a.b()) * t) * vignette + glow * 0.75;
    }
}
