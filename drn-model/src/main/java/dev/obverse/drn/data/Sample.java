package dev.obverse.drn.data;

/**
 * One ray's findings: where it meets the head and the colour gathered there, in linear light. One object serves a whole
 * rendering; painters read the position and lay colour over colour.
 */
final class Sample {
    /** Position on the head: across, down, towards the face's front. */
    double u;

    double v;
    double z;
    /** Outward normal in head coordinates. */
    double nx;

    double ny;
    double nz;
    /** Colour of the surface, then after shading the light that reaches the camera. */
    double r;

    double g;
    double b;
    /** Share of the light that is not blocked, 0 to 1. */
    double open;
    /** Strength of the surface's highlight. */
    double gloss;
    /** White light added after shading: glints. */
    double glint;

    void surface(double red, double green, double blue, double shine) {
        r = red;
        g = green;
        b = blue;
        open = 1;
        gloss = shine;
        glint = 0;
    }

    void surface(Linear colour, double shine) {
        surface(colour.r(), colour.g(), colour.b(), shine);
    }

    void lay(Linear colour, double alpha) {
        lay(colour.r(), colour.g(), colour.b(), alpha);
    }

    void lay(double red, double green, double blue, double alpha) {
        r += (red - r) * alpha;
        g += (green - g) * alpha;
        b += (blue - b) * alpha;
    }

    void tint(double red, double green, double blue, double alpha) {
        r *= 1 + (red - 1) * alpha;
        g *= 1 + (green - 1) * alpha;
        b *= 1 + (blue - 1) * alpha;
    }

    void darken(double amount) {
        open *= 1 - amount;
    }

    void bend(double gradU, double gradV) {
        nx -= gradU;
        ny -= gradV;
    }

    void normalise() {
        double length = Math.sqrt(nx * nx + ny * ny + nz * nz);
        nx /= length;
        ny /= length;
        nz /= length;
    }

    /** 0 below {@code from}, 1 above {@code to}, smooth between; the edges may be given in falling order. */
    static double step(double from, double to, double x) {
        double t = Math.max(0, Math.min(1, (x - from) / (to - from)));
        return t * t * (3 - 2 * t);
    }

    /** A soft dot: 1 in the middle of an ellipse, 0 at its rim and beyond. */
    static double dot(double du, double dv, double ru, double rv) {
        double t = 1 - (du * du) / (ru * ru) - (dv * dv) / (rv * rv);
        return t <= 0 ? 0 : t * t;
    }

    /** A colour in linear light. The display encoding is taken as a square root, which is exact on every machine. */
    record Linear(double r, double g, double b) {
        static Linear of(Rgb c) {
            return new Linear(c.r() * c.r(), c.g() * c.g(), c.b() * c.b());
        }
    }
}
