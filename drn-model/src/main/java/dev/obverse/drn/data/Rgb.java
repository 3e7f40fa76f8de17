package dev.obverse.drn.data;

/**
 * A colour as people pick it: display-encoded components, 0 dark to 1 bright.
 *
 * @param r red
 * @param g green
 * @param b blue
 */
public record Rgb(double r, double g, double b) {
    /** This colour with weight {@code 1-t}, the other with weight {@code t}. */
    public Rgb mix(Rgb other, double t) {
        return new Rgb(r + (other.r - r) * t, g + (other.g - g) * t, b + (other.b - b) * t);
    }

    /** This colour made brighter or darker, kept in [0,1]. */
    public Rgb times(double factor) {
        return new Rgb(clamp(r * factor), clamp(g * factor), clamp(b * factor));
    }

    /** This colour with an offset on each component, kept in [0,1]. */
    public Rgb plus(double dr, double dg, double db) {
        return new Rgb(clamp(r + dr), clamp(g + dg), clamp(b + db));
    }

    /** The colour at {@code t} in [0,1] along evenly spaced stops. */
    static Rgb ramp(double t, Rgb... stops) {
        double at = clamp(t) * (stops.length - 1);
        int i = Math.min((int) at, stops.length - 2);
        return stops[i].mix(stops[i + 1], at - i);
    }

    private static double clamp(double x) {
        return Math.max(0, Math.min(1, x));
    }
}
