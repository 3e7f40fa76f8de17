package dev.obverse.drn.data;

/** Lattice value noise: a fixed function of seed and position, so a texture needs no state and no drawing order. */
final class Noise {
    private Noise() {}

    /** Smooth noise in [0,1] with features about one unit wide. */
    static double at(int seed, double x, double y) {
        double fx = Math.floor(x);
        double fy = Math.floor(y);
        int ix = (int) fx;
        int iy = (int) fy;
        double tx = ease(x - fx);
        double ty = ease(y - fy);
        double top = lattice(seed, ix, iy) * (1 - tx) + lattice(seed, ix + 1, iy) * tx;
        double bottom = lattice(seed, ix, iy + 1) * (1 - tx) + lattice(seed, ix + 1, iy + 1) * tx;
        return top * (1 - ty) + bottom * ty;
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double lattice(int seed, int x, int y) {
        int h = seed * 0x9E3779B1 + x * 0x85EBCA77 + y * 0xC2B2AE3D;
        h = (h ^ (h >>> 15)) * 0x2C1B3C6D;
        h = (h ^ (h >>> 12)) * 0x297A2D39;
        return ((h ^ (h >>> 15)) >>> 8) * 0x1p-24;
    }
}
