package dev.obverse.drn.data;

import org.jspecify.annotations.Nullable;

/**
 * How a head stands before the camera: parallel projection, turned by yaw, then pitch, then roll. Faces are framed by
 * their features, as aligned crops are, so a turned head moves behind its face.
 */
final class View {
    /** How far before the turning axis the point lies that keeps its place in the image. */
    private static final double ANCHOR = 0.62;

    final double sinYaw;
    final double cosYaw;
    final double sinPitch;
    final double cosPitch;
    private final double sinRoll;
    private final double cosRoll;
    private final double unit;
    private final double middleX;
    private final double middleY;

    View(FaceAttributes.Pose pose, int size) {
        sinYaw = StrictMath.sin(pose.yaw());
        cosYaw = StrictMath.cos(pose.yaw());
        sinPitch = StrictMath.sin(pose.pitch());
        cosPitch = StrictMath.cos(pose.pitch());
        sinRoll = StrictMath.sin(pose.roll());
        cosRoll = StrictMath.cos(pose.roll());
        unit = pose.scale() * size;
        middleX = pose.x() * size;
        middleY = pose.y() * size;
    }

    /** Pixels per head unit. */
    double unit() {
        return unit;
    }

    /** Across, of a pixel position, in the unrolled head plane around the turning axis. */
    double planeX(double px, double py) {
        return ((px - middleX) * cosRoll + (py - middleY) * sinRoll) / unit + ANCHOR * sinYaw;
    }

    /** Down, of a pixel position, in the unrolled head plane around the turning axis. */
    double planeY(double px, double py) {
        return ((py - middleY) * cosRoll - (px - middleX) * sinRoll) / unit - ANCHOR * sinPitch;
    }

    /** Across, upright: the body does not roll with the head. */
    double bodyX(double px) {
        return (px - middleX) / unit + ANCHOR * sinYaw;
    }

    /** Down, upright. */
    double bodyY(double py) {
        return (py - middleY) / unit - ANCHOR * sinPitch;
    }

    /** A direction seen by the camera (right, down, towards it) in head coordinates. */
    double[] toHead(double right, double down, double near) {
        double x = right * cosRoll + down * sinRoll;
        double y = down * cosRoll - right * sinRoll;
        double back = near * cosPitch - y * sinPitch;
        return new double[] {
            x * cosYaw - back * sinYaw, y * cosPitch + near * sinPitch, x * sinYaw + back * cosYaw,
        };
    }

    /** Where a point of the head appears. */
    FaceLandmarks.Point project(double u, double v, double z) {
        double x = u * cosYaw + z * sinYaw - ANCHOR * sinYaw;
        double back = z * cosYaw - u * sinYaw;
        double y = v * cosPitch - back * sinPitch + ANCHOR * sinPitch;
        return new FaceLandmarks.Point(
                middleX + unit * (x * cosRoll - y * sinRoll), middleY + unit * (x * sinRoll + y * cosRoll));
    }

    /**
     * Finds where the ray at plane position (x, y) meets a shape with an optional relief on its front, and sets the
     * sample's position on the shape, under the relief.
     *
     * @return the square of the distance from the shape's middle, 1 at the outline; no hit when above 1
     */
    double meet(HeadShape shape, @Nullable Relief relief, double x, double y, Sample s) {
        double back = 0.8 * cosYaw;
        double height = 0;
        double square = 2;
        for (int i = 0; i < (relief == null ? 3 : 4); i++) {
            double v = (y + back * sinPitch) / cosPitch;
            double w = shape.width(v);
            if (w <= 0) {
                return 2;
            }
            double d = shape.depth(v);
            double across = w * cosYaw;
            double along = d * sinYaw;
            double reach = Math.sqrt(across * across + along * along);
            double t = (x - height * sinYaw) / reach;
            square = t * t;
            t = Math.max(-1, Math.min(1, t));
            double q = Math.sqrt(1 - t * t);
            s.u = w * (t * across - q * along) / reach;
            s.z = d * (q * across + t * along) / reach;
            s.v = v;
            if (relief != null && (i == 1 || i == 2)) {
                height = relief.height(s.u, v);
            }
            back = (s.z + height) * cosYaw - s.u * sinYaw;
        }
        return square;
    }
}
