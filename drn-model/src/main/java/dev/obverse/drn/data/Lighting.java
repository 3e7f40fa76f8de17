package dev.obverse.drn.data;

/** A key light, light from everywhere and the camera, all in head coordinates. */
final class Lighting {
    /** Towards the key light. */
    final double x;

    final double y;
    final double z;
    private final double halfX;
    private final double halfY;
    private final double halfZ;
    private final Sample.Linear key;
    private final Sample.Linear ambient;

    Lighting(FaceAttributes.Light light, View view) {
        double flat = StrictMath.cos(light.elevation());
        double[] to = view.toHead(
                StrictMath.sin(light.azimuth()) * flat,
                -StrictMath.sin(light.elevation()),
                StrictMath.cos(light.azimuth()) * flat);
        double[] camera = view.toHead(0, 0, 1);
        x = to[0];
        y = to[1];
        z = to[2];
        double hx = x + camera[0];
        double hy = y + camera[1];
        double hz = z + camera[2];
        double length = Math.sqrt(hx * hx + hy * hy + hz * hz);
        halfX = hx / length;
        halfY = hy / length;
        halfZ = hz / length;
        double warm = light.warmth();
        key = new Sample.Linear(
                light.strength() * (1 + 0.16 * warm), light.strength(), light.strength() * (1 - 0.22 * warm));
        ambient = new Sample.Linear(
                light.ambient() * (1 - 0.06 * warm), light.ambient(), light.ambient() * (1 + 0.10 * warm));
    }

    /** Turns the sample's surface colour into the light that reaches the camera. */
    void shade(Sample s) {
        double facing = s.nx * x + s.ny * y + s.nz * z;
        double lit = Math.max(0, (facing + 0.22) / 1.22) * s.open;
        double sky = (0.8 - 0.2 * s.ny) * (0.35 + 0.65 * s.open);
        // light bleeds through skin at the shadow's edge and arrives red
        double bleed = 0.10 * Math.max(0, 1 - Math.abs(facing) * 3) * s.gloss;
        double shine = 0;
        double half = s.nx * halfX + s.ny * halfY + s.nz * halfZ;
        if (half > 0) {
            double p = half * half;
            p *= p;
            p *= p;
            shine = s.gloss * (0.10 * p + 0.18 * p * p * p) * lit;
        }
        s.r = s.r * (key.r() * (lit + bleed) + ambient.r() * sky) + key.r() * shine + s.glint;
        s.g = s.g * (key.g() * lit + ambient.g() * sky) + key.g() * shine + s.glint;
        s.b = s.b * (key.b() * lit + ambient.b() * sky) + key.b() * shine + s.glint;
    }
}
