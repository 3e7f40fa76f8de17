package dev.obverse.drn.data;

import java.util.List;

/**
 * A turn, a uniform scale and a shift of the plane: {@code x' = a x - b y + dx}, {@code y' = b x + a y + dy}.
 *
 * @param a scale times the cosine of the turn
 * @param b scale times the sine of the turn
 * @param dx shift to the right
 * @param dy shift downwards
 */
public record Similarity(double a, double b, double dx, double dy) {
    /** Leaves every point where it is. */
    public static final Similarity IDENTITY = new Similarity(1, 0, 0, 0);

    /** The similarity that brings {@code from} nearest to {@code to} in the least squares sense; two points or more. */
    public static Similarity fit(List<FaceLandmarks.Point> from, List<FaceLandmarks.Point> to) {
        int n = from.size();
        if (n < 2 || n != to.size()) {
            throw new IllegalArgumentException(
                    "A similarity needs two equally long lists of at least 2 points, not " + n + " and " + to.size());
        }
        double fx = 0;
        double fy = 0;
        double tx = 0;
        double ty = 0;
        for (int i = 0; i < n; i++) {
            fx += from.get(i).x() / n;
            fy += from.get(i).y() / n;
            tx += to.get(i).x() / n;
            ty += to.get(i).y() / n;
        }
        double dot = 0;
        double cross = 0;
        double square = 0;
        for (int i = 0; i < n; i++) {
            double px = from.get(i).x() - fx;
            double py = from.get(i).y() - fy;
            double qx = to.get(i).x() - tx;
            double qy = to.get(i).y() - ty;
            dot += px * qx + py * qy;
            cross += px * qy - py * qx;
            square += px * px + py * py;
        }
        if (square == 0) {
            throw new IllegalArgumentException("A similarity needs points that differ; all " + n + " are the same");
        }
        double a = dot / square;
        double b = cross / square;
        return new Similarity(a, b, tx - a * fx + b * fy, ty - b * fx - a * fy);
    }

    /** The image of a point. */
    public FaceLandmarks.Point apply(FaceLandmarks.Point p) {
        return new FaceLandmarks.Point(a * p.x() - b * p.y() + dx, b * p.x() + a * p.y() + dy);
    }

    /** The transform that undoes this one. */
    public Similarity inverse() {
        double square = a * a + b * b;
        double ia = a / square;
        double ib = -b / square;
        return new Similarity(ia, ib, -(ia * dx - ib * dy), -(ib * dx + ia * dy));
    }
}
